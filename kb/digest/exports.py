"""The digest for programs: as JSON, and as a message for Slack and what understands the same."""

from kb.digest.models import Digest, TopicDemand, WeekRates
from kb.mail.templates import MailText

_SLACK_LIMIT = 12_000
"""Characters; Slack cuts a text off at 40,000, and nobody reads that much in a channel."""


def digest_object(digest: Digest, base_url: str = "") -> dict[str, object]:
    """The digest as ``kb digest --json`` prints it and the webhook gets it."""

    def topic(found: TopicDemand) -> dict[str, object]:
        return {
            "topic": found.topic_id,
            "label": found.label,
            "visits": found.visits,
            "visits_before": found.visits_before,
            "url": f"{base_url}/staff/unanswered/{found.topic_id}",
        }

    regressions = digest.regressions
    return {
        "week": str(digest.week),
        "since": digest.week.first.isoformat(),
        "until": digest.week.last.isoformat(),
        "rates": _rates_object(digest.rates),
        "rates_before": _rates_object(digest.rates_before),
        "new_topics": digest.new_topics,
        "new": [topic(found) for found in digest.new],
        "rising": [topic(found) for found in digest.rising],
        "answered": [
            {
                "topic": found.topic_id,
                "label": found.label,
                "article": found.slug,
                "answered_at": found.answered_at.isoformat(),
                "days": found.effect.days,
                "failed_before": found.effect.failed_before,
                "failed_after": found.effect.failed_after,
                "url": f"{base_url}/staff/unanswered/{found.topic_id}",
            }
            for found in digest.answered
        ],
        "unhelpful": [
            {
                "article": found.slug,
                "title": found.title,
                "unhelpful": found.unhelpful,
                "helpful": found.helpful,
            }
            for found in digest.unhelpful
        ],
        "regressions": None
        if regressions is None
        else [
            {"question": found.question, "article": found.slug, "problem": found.problem}
            for found in regressions
        ],
    }


def slack_message(mail: MailText) -> dict[str, object]:
    """A message for an incoming webhook of Slack, Mattermost or Rocket.Chat."""
    text = mail.text if len(mail.text) <= _SLACK_LIMIT else mail.text[:_SLACK_LIMIT] + "…"
    return {"text": f"*{_escape(mail.subject)}*\n{_escape(text)}"}


def _escape(text: str) -> str:
    # These three are all that Slack reads as markup of links and mentions.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rates_object(rates: WeekRates) -> dict[str, object]:
    return {
        "visits": rates.visits,
        "searches": rates.searches,
        "failed": rates.failed,
        "zero_results": rates.zero_results,
        "success_rate": rates.success_rate,
    }
