"""The HTML report as a file: self-contained, and safe against hostile names."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from reports.kept import data_of
from reports.scenes import LARGE, SCENES, UNFRIENDLY
from support.hostile import acting

from reconciler.reports.html.report import SCRIPTS, render
from reconciler.reports.shared.style import Style

ALL = {**SCENES, **LARGE, **UNFRIENDLY}


class Page(HTMLParser):
    """Counts what elements there are, with their attributes, and keeps scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        """What stands in elements that hold text alone, by tag and type."""
        self._in = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in = " ".join(filter(None, (tag, dict(attrs).get("type"))))

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._in = ""

    def handle_data(self, data: str) -> None:
        self.inside[self._in] = self.inside.get(self._in, "") + data


@cache
def page(name: str) -> str:
    return render(ALL[name](), Style())


def bare(text: str) -> str:
    """Return a page without what is an outcome's own: its data, title and headings."""
    text = re.sub(r'(id="data">).*?(</script>)', r"\1\2", text, flags=re.DOTALL)
    text = re.sub(r"<title>.*?</title>", "", text)
    return re.sub(r'id="(kicker|headline)">.*?</', r'id="\1"></', text)


def test_every_page_is_the_same_but_for_its_data() -> None:
    """Whatever an outcome holds, it stands in the data, the title and the headings, and nowhere else."""
    assert len({bare(page(name)) for name in ALL}) == 1


@pytest.mark.parametrize("name", ALL)
def test_the_elements_are_ours(name: str) -> None:
    """No name adds an element: there are two scripts and one style, as on the emptiest page."""
    found = Page(page(name))
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in Page(page("empty")).elements]
    assert [attributes.get("src") for tag, attributes in found.elements if tag in {"script", "link", "img"}] == [
        None
    ] * 2


def test_the_content_security_policy_allows_only_our_script_and_style() -> None:
    """The content security policy names the digests of the page's own style and script, and nothing else."""
    found = Page(page("several-customers"))
    (policy,) = [each["content"] for tag, each in found.elements if each.get("http-equiv") == "Content-Security-Policy"]
    digests = [
        base64.b64encode(hashlib.sha256(found.inside[key].encode()).digest()).decode() for key in ("style", "script")
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_makes_no_requests() -> None:
    """The page names no address but those in its data."""
    text = bare(page("several-customers"))
    assert re.findall(r"https?://[\w./]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|innerHTML|eval\(|document\.write", text)


@pytest.mark.parametrize("name", UNFRIENDLY)
def test_data_cannot_end_its_element(name: str) -> None:
    """The data holds no angle bracket, and no character that is not to be seen, and reads back as what was said."""
    text = page(name)
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert not set("<>&") & set(data)
    assert acting(text) == []
    assert json.loads(data)["headline"]


def test_the_title_names_command_project_and_environment() -> None:
    """A tab is told by the project and the one line that says it all."""
    (title,) = re.findall(r"<title>(.*?)</title>", page("several-customers"))
    assert title == "Plan – acme – production: 3 to create, 3 to update, 1 to delete, 4 to deploy – 41 unchanged"


def test_without_scripts_a_note_is_shown() -> None:
    """A viewer that blocks scripts shows the headline and says what to do."""
    text = page("several-customers")
    assert '<h1 id="headline">3 to create' in text
    assert "<noscript>" in text


def test_values_show_their_type() -> None:
    """Line ends stay in values, since they are shown in lines; what would act is written out, secrets are numbers."""
    data: dict[str, Any] = data_of(page("hostile-plan"))
    values = [field["before"] for change in data["changes"] for field in change["fields"][:1]]
    assert "one\nPlan: nothing to do" in values
    assert r"abc\u202egnp.exe" in values
    secret = data_of(page("several-customers"))["changes"][0]["fields"][-1]
    assert (secret["before"], secret["sensitive"]) == ("(sensitive #3)", True)


def test_every_script_is_in_the_page() -> None:
    """All parts of the script are put together, none is left over."""
    from importlib.resources import files

    folder = files("reconciler.reports") / "html"
    there = {each.name for each in folder.iterdir() if each.name.endswith((".js", ".css", ".html"))}
    assert there == {*SCRIPTS, "status.js", "page.html", "status.html", "page.css", "rollouts.css"}
