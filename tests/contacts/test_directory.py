"""What a support lead writes in ``_contacts.yml`` reaches customers, and mistakes are named."""

from kb.contacts.directory import parse_directory
from kb.content.models import Severity
from kb.content.yaml_document import parse_yaml

TWO = """\
departments:
  - slug: orders
    name: Orders and delivery
    description: Where is my parcel
    collections: [orders, Delivery/Returns]
    phone: 1-800-555-0199
    phone_note: toll-free
    email: orders@example.com
    hours: Mo-Fr 08:00-20:00; PH off
    timezone: America/New_York
    country: us
    languages: [en, es]
    reply_time: 24
    order: 2
    default: true
    address: 1 Mill Lane
  - slug: repairs
    name: Repairs
    order: 1
"""


def read(text):
    directory, problems = parse_directory(parse_yaml(text, "_contacts.yml"))
    return directory, problems


def only(problems):
    assert len(problems) == 1, problems
    return problems[0]


def department(*lines):
    return "departments:\n  - name: Orders\n" + "".join(f"    {line}\n" for line in lines)


def test_every_field_is_read():
    directory, problems = read(TWO)
    assert problems == ()
    orders = directory.find("orders")
    assert orders.phone == "+18005550199"
    assert orders.phone_display == "(800) 555-0199"
    assert (orders.country, orders.timezone) == ("US", "America/New_York")
    assert orders.collections == ("orders", "delivery/returns")
    assert (orders.reply_time_hours, orders.languages) == (24, ("en", "es"))
    assert orders.address == "1 Mill Lane"


def test_departments_come_in_their_order_and_one_is_the_default():
    directory, _ = read(TWO)
    assert [d.slug for d in directory.departments] == ["repairs", "orders"]
    assert directory.default.slug == "orders"


def test_nearest_collection_decides_who_answers():
    directory, _ = read(
        "departments:\n"
        "  - {name: All, default: true}\n"
        "  - {name: Care, collections: [care]}\n"
        "  - {name: Kettles, collections: [care/kettles]}\n"
    )
    assert directory.find_for_collection("care/kettles/limescale").name == "Kettles"
    assert directory.find_for_collection("care/toasters").name == "Care"
    assert directory.find_for_collection("careful").name == "All"
    assert directory.find_for_collection("").name == "All"


def test_an_empty_directory_has_nobody():
    directory, problems = read("")
    assert (directory.default, directory.find_for_collection("x"), problems) == (None, None, ())


def test_a_broken_department_is_left_out_and_the_rest_stays():
    directory, problems = read(TWO.replace("orders@example.com", "orders(at)example.com"))
    assert [d.slug for d in directory.departments] == ["repairs"]
    problem = only(problems)
    assert (problem.code, problem.severity, problem.line) == ("invalid-email", Severity.ERROR, 8)
    assert (problem.path, problem.field) == ("_contacts.yml", "departments.0.email")
    assert problem.fix


def test_each_mistake_is_named_with_its_line():
    for line, code in [
        ("phone: call us", "invalid-phone"),
        ("phone: 800 555 0199", "invalid-phone"),
        ("phone: +1 12", "invalid-phone"),
        ("email: a@b@c", "invalid-email"),
        ("hours: Mo-Fr 9am-5pm", "invalid-hours"),
        ("hours: Mo-Fr sunrise-sunset", "invalid-hours"),
        (f"hours: {'Mo-Fr 08:00-20:00,' * 40}", "invalid-hours"),
        ("timezone: Mars/Olympus", "invalid-value"),
        ("timezone: America", "invalid-value"),
        ("timezone: ../../etc/passwd", "invalid-value"),
        ("country: Narnia", "invalid-value"),
        ("languages: [english please]", "invalid-value"),
        ("reply_time: soon", "invalid-value"),
        ("slug: Not A Slug", "invalid-value"),
    ]:
        directory, problems = read(department(line))
        problem = only(problems)
        assert (problem.code, problem.severity, problem.line) == (code, Severity.ERROR, 3), line
        assert directory.departments == ()


def test_all_mistakes_of_a_department_are_reported_at_once():
    _, problems = read(department("phone: x", "email: y", "hours: z"))
    assert [problem.line for problem in problems] == [3, 4, 5]


def test_a_name_is_needed():
    _, problems = read("departments:\n  - slug: orders\n")
    assert only(problems).code == "missing-field"


def test_a_number_outside_the_known_plan_stays_with_a_warning():
    directory, problems = read(department('phone: "+1 800 155 0199"'))
    assert only(problems).code == "doubtful-phone"
    assert directory.departments[0].phone == "+18001550199"


def test_foreign_numbers_are_shown_with_their_country():
    directory, _ = read(department('phone: "+49 800 1234567"', "country: US"))
    assert directory.departments[0].phone_display == "+49 800 1234567"


def test_holidays_without_a_country_are_warned_of():
    _, problems = read(department("hours: Mo-Fr 08:00-20:00; PH off"))
    assert only(problems).code == "unknown-holidays"


def test_unknown_keys_are_kept_and_warned_of_once():
    directory, problems = read(
        "departments:\n  - {name: A, fax: '1'}\n  - {name: B, fax: '2', default: true}\n"
    )
    problem = only(problems)
    assert (problem.code, problem.severity) == ("unknown-key", Severity.WARNING)
    assert directory.find("b").extra == {"fax": "2"}


def test_a_slug_used_twice_leaves_the_first():
    directory, problems = read("departments:\n  - name: A\n  - name: Second\n    slug: a\n")
    assert [d.name for d in directory.departments] == ["A"]
    assert only(problems).code == "duplicate-slug"


def test_none_or_several_defaults_are_warned_of():
    directory, problems = read("departments: [{name: A}, {name: B}]")
    assert (only(problems).code, directory.default.name) == ("no-default", "A")
    directory, problems = read("departments: [{name: A, default: yes}, {name: B, default: yes}]")
    assert (only(problems).code, directory.default.name) == ("several-defaults", "A")
    assert [d.default for d in directory.departments] == [True, False]


def test_departments_that_are_no_list_of_mappings():
    assert only(read("departments: orders\n")[1]).severity is Severity.ERROR
    assert only(read("departments: [orders]\n")[1]).severity is Severity.ERROR


def test_the_site_lends_its_zone_and_country():
    document = parse_yaml(department("phone: (800) 555-0199"), "_contacts.yml")
    directory, problems = parse_directory(document, timezone="America/Chicago", country="US")
    assert problems == ()
    assert directory.departments[0].timezone == "America/Chicago"
