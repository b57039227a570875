"""Templates are compiled once, whatever becomes of the folder in which that is kept."""

import os
import subprocess
import sys
from pathlib import Path

from jinja2 import DictLoader, Environment

from kb.web.compiled_templates import TemplateCache
from tests.conftest import RunningSite

ROOT = Path(__file__).parents[2]


class Compiling(Environment):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, *args: object, **values: object) -> object:
        type(self).compiled += 1
        return super().compile(*args, **values)  # type: ignore[call-overload]


def render(folder: Path, source: str = "{{ 1 + 1 }}", **options: bool) -> int:
    """Render as a new process would; how many templates were compiled for it."""
    environment = Compiling(loader=DictLoader({"page.html": source}), **options)
    environment.bytecode_cache = TemplateCache(folder, environment)
    before = Compiling.compiled
    assert environment.get_template("page.html").render() == "2"
    return Compiling.compiled - before


def test_a_second_start_compiles_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    assert [render(folder), render(folder)] == [1, 0]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_was_changed_is_compiled_anew(tmp_path: Path) -> None:
    assert render(tmp_path / "templates") == 1
    assert render(tmp_path / "templates", "{{ 2 }}") == 1
    assert render(tmp_path / "templates", "{{ 2 }}", trim_blocks=True) == 1
    assert render(tmp_path / "templates", "{{ 2 }}", trim_blocks=True) == 0


def test_without_a_folder_that_can_be_used_pages_are_made_all_the_same(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    for folder in (in_the_way, in_the_way / "templates", tmp_path / "no" / "such" / "folder"):
        assert [render(folder), render(folder)] == [1, 1]


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    render(folder)
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"x" * len(whole)):
        kept.write_bytes(damaged)
        assert [render(folder), render(folder)] == [1, 0]


def test_the_application_keeps_them_beside_its_database(site: RunningSite) -> None:
    cache = site.app.jinja_env.bytecode_cache
    assert isinstance(cache, TemplateCache)
    assert Path(cache.directory) == site.settings.database.parent / "templates"
    assert site.client.get("/").status_code == 200
    assert any(Path(cache.directory).iterdir())


def test_a_server_has_the_common_templates_before_the_first_request(
    site: RunningSite, tmp_path: Path
) -> None:
    settings = site.settings
    library = site.services.generations.current().library
    article, collection = library.list_articles()[0], library.list_subcollections("")[0]
    paths = ["/", "/search?q=refund", article.url, collection.url]
    script = (
        "import os\n"
        "from app import app\n"
        "loaded = set(app.jinja_env.cache)\n"
        f"for path in {paths}:\n"
        "    assert app.test_client().get(path).status_code == 200, path\n"
        "late = set(app.jinja_env.cache) - loaded\n"
        "assert loaded and not late, late\n"
        "os._exit(0)\n"  # its threads are still at work
    )
    environment = {
        **os.environ,
        "KB_CONTENT_DIR": str(settings.content_dir),
        "KB_INDEX_DIR": str(settings.index_dir),
        "KB_DATABASE": str(tmp_path / "helpshelf.db"),
        "KB_SEMANTIC": "off",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, timeout=60,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
