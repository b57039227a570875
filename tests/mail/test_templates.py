"""How mails are written, whatever is in them."""

from datetime import date

import pytest

from kb.mail.templates import MailTemplates


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "November 6, 2026: 8%"),
        ("de", "6. November 2026: 8 %"),
        ("es", "6 de noviembre de 2026: 8 %"),
    ],
)
def test_days_and_shares_are_written_as_the_language_writes_them(tmp_path, language, shown):
    (tmp_path / "week.txt").write_text(
        "{% block subject %}W{% endblock %}{% block text %}{{ day|day }}: {{ share|percent }}{% endblock %}"
    )
    mail = MailTemplates(tmp_path, lambda: "en").render(
        "week", language, day=date(2026, 11, 6), share=0.083
    )
    assert mail.text.replace("\xa0", " ").strip() == shown
