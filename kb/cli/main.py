"""The ``kb`` command. Subcommands are loaded when they are called, so that each starts fast.

Exit codes: 0 done, 1 the work found errors, 2 wrong usage or settings.
"""

import atexit
import gc
import importlib
import logging

import click

from kb import __version__
from kb.errors import HelpshelfError, SettingsError, SourceError

_COMMANDS = {
    "index": ("kb.cli.index:index", "Publish what changed in the content."),
    "check": ("kb.cli.check:check", "List the problems in the content."),
    "preview": ("kb.cli.preview:preview", "Show an article as it would be published."),
    "push": ("kb.cli.push:push", "Push commits that the remote does not have yet."),
    "search": ("kb.cli.search:search", "Search as a customer does, without being logged."),
    "evaluate": ("kb.cli.evaluate:evaluate", "Measure search against judged questions."),
    "relevance": ("kb.cli.relevance:relevance", "Tell whether regression queries hold."),
    "serve": ("kb.cli.serve:serve", "Serve the help center."),
    "embedder": ("kb.cli.embedder:embedder", "Hold the sentence model for a server's workers."),
    "unanswered": ("kb.cli.unanswered:unanswered", "List what customers search and do not find."),
    "log": ("kb.cli.log:log", "Import and maintain the search log."),
    "mail": ("kb.cli.mail:mail", "Deliver mails and try the settings of mail."),
    "digest": ("kb.cli.digest:digest", "Print or send the weekly digest for staff."),
    "i18n": ("kb.cli.i18n:i18n", "Keep the translations of the interface complete."),
    "user": ("kb.cli.user:user", "Manage staff accounts."),
}


class _Commands(click.Group):
    """Knows the subcommands by name and turns the product's errors into messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        if cmd_name not in ("serve", "embedder"):
            # Modules, and articles at a publish, stay until the command ends.  Looking for
            # garbage among them again and again takes a sixth of its time.
            gc.set_threshold(100_000, 50, 50)
            # When it ends, Python would look among them twice more, for a tenth of its time.
            atexit.register(gc.freeze)
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HelpshelfError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2 if isinstance(error, SettingsError | SourceError) else 1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kb")
def main() -> None:
    """Helpshelf: a help center that a company runs itself."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
