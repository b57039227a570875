"""``kb i18n``: the catalogs of the interface, for whoever translates it or changes its texts."""

from pathlib import Path

import click

from kb.languages.catalogs import FOLDER, SOURCE_LANGUAGE, catalog_path, list_codes
from kb.languages.checking import check_catalog
from kb.languages.extraction import extract_messages
from kb.languages.interface import find_locale
from kb.languages.maintenance import update_catalog, write_template

_LONGEST = 70


@click.group()
def i18n() -> None:
    """Keep the translations of the interface complete.

    Translations are the files translations/CODE.po, such as de.po. They are read as they
    are: nothing has to be compiled, a restart shows them.
    """


@i18n.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def extract(file: Path | None) -> None:
    """Write all texts of the interface into FILE (translations/messages.pot if omitted)."""
    messages = extract_messages()
    path = file or FOLDER / "messages.pot"
    write_template(messages, path)
    click.echo(f"{len(messages)} texts written to {path}")


@i18n.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
def update(codes: tuple[str, ...]) -> None:
    """Bring catalogs up to date with the texts; make the catalog of a CODE that has none."""
    messages = extract_messages()
    for code in codes or list_codes():
        if code == SOURCE_LANGUAGE or str(find_locale(code)) != code.replace("-", "_"):
            raise click.UsageError(f"{code!r} is no language to translate to, such as fr or pt-BR.")
        done = update_catalog(code, messages)
        state = "made" if done.is_new else "updated" if done.is_changed else "up to date"
        left = f"{done.untranslated} to translate" if done.untranslated else "complete"
        click.echo(f"{catalog_path(code)}: {state}, {done.entries} entries, {left}")


@i18n.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@click.pass_context
def check(ctx: click.Context, codes: tuple[str, ...]) -> None:
    """List entries that are missing, fuzzy or broken; exit with 1 if there are any."""
    messages = extract_messages()
    failed = False
    for code in codes or list_codes():
        if not catalog_path(code).exists():
            raise click.UsageError(f"There is no {catalog_path(code)}: run kb i18n update {code}.")
        problems = check_catalog(code, messages)
        for found in problems:
            shown = " ".join(found.message.split())
            shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
            click.echo(f"{catalog_path(code).name}: “{shown}” {found.problem}")
        click.echo(f"{code}: {len(messages)} entries, {len(problems)} problems", err=bool(problems))
        failed = failed or bool(problems)
    ctx.exit(1 if failed else 0)
