"""The page at ``/`` for people."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sandbox.client import inputs
from support.hostile import HOSTILE
from support.serving import served

from reconciler.sandbox.page.instance import EXECUTIONS
from reconciler.sandbox.page.overview import CUSTOMERS, INSTANCES, OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api
    from support.browser import Browser

WORLD = Path(__file__).parents[2] / "examples" / "sandbox" / "world.yaml"
NAMES = [name for name in HOSTILE.values() if name.encode(errors="ignore").decode() == name]
"""Those that can be stored; half a pair of surrogates cannot."""
KEY = "made-up-key"
PASSWORD = "Acme Inventory User/Pass"


def _page(api: Api, **asked: Any) -> str:
    answer = api.request("GET", "/", params=asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def _cells(page: str, section: str) -> list[list[str]]:
    """Return what the rows of a section's table say, tags left out."""
    (part,) = re.findall(rf'<section class="{section}">(.*?)</section>', page, re.DOTALL)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", re.split(r"<tbody[^>]*>", part)[-1], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in row] for row in cells]


def test_the_page_lists_objects_with_their_states(start: Callable[..., Api]) -> None:
    """Customers and instances with their status, versions, and how many there are of everything."""
    page = _page(start(world=WORLD, integrations=(), organization="Acme & Sons"))
    assert "<bdi>Acme &amp; Sons</bdi>" in page
    assert [row[:4] for row in _cells(page, "instances")] == [
        ["Blue Harbor", "Acme Inventory", "Acme Inventory version 2", "paused never deployed"],
        ["Blue Harbor", "Nightly", "Acme Inventory version 2", "enabled never deployed workflow"],
        ["Blue Harbor", "Their own", "Acme Inventory version 2", "enabled never deployed the customer&#39;s own"],
        ["FTL Rockets", "Acme Inventory", "Acme Inventory version 1", "enabled"],
        ["FTL Rockets", "Contacts", "CRM Contacts version 1", "enabled needs a deploy"],
    ]
    assert _cells(page, "customers") == [
        ["Blue Harbor", "blue-harbor", "–", "0", "3"],
        ["FTL Rockets", "abc-123", "production", "2", "2"],
    ]
    assert _cells(page, "integrations") == [
        ["Acme Inventory", "2", "2"],
        ["CRM Contacts", "1", "–"],
        ["Every Data Type", "never published", "–"],
    ]
    assert re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page) == [
        ("customers", "2"),
        ("users", "4"),
        ("instances", "5"),
        ("integrations", "3"),
        ("shared connections", "2"),
        ("connections of customers", "2"),
        ("alert webhooks", "2"),
        ("alert groups", "1"),
        ("alert monitors", "2"),
        ("log streams", "1"),
        ("requests served", "0"),
    ]
    assert "Nothing was asked so far" in page


def test_the_page_shows_instances_that_need_attention(api: Api, instance: str) -> None:
    """An instance that lacks configuration, whose last execution failed, or of a draft, says so."""
    store = api.sandbox.store
    variable = store.where("config_variables", instance=instance)[0]["id"]
    store.update("config_variables", variable, value=None)
    store.update("instances", instance, inFailedState=1, isSystem=0)
    (row,) = _cells(_page(api), "instances")
    assert row[3] == "enabled never deployed not configured failing"


def test_the_latest_operations_are_shown_without_arguments(api: Api, instance: str) -> None:
    """Each with its outcome, latest first; what was sent, secrets above all, is not on the page."""
    entry = {"key": PASSWORD, "values": inputs(username="canary-user", password="canary-password")}
    api.done("updateInstanceConfigVariables", "instance { id }", id=instance, configVariables=[entry])
    api.errors("createCustomer", name="")
    api.sandbox.faults.add("throttle")
    api.post("{ organization { id } }")
    api.raw("{ organization { id } }")
    page = _page(api)
    told = [(row[0], *row[2:4]) for row in _cells(page, "operations")]
    assert told == [
        ("4", "query organization", "done"),
        ("3", "organization", "not carried out: HTTP 429 fault: throttle"),
        ("2", "mutation createCustomer", "refused This field cannot be blank."),
        ("1", "mutation updateInstanceConfigVariables", "done"),
    ]
    assert "canary" not in page


def test_only_the_latest_operations_are_shown(api: Api) -> None:
    """However much was asked, the page stays short, and keeps the order within one request."""
    many = " ".join(f"a{number}: organization {{ id }}" for number in range(OPERATIONS + 5))
    api(f"{{ {many} }}")
    api('{ userExists(email: "x") }')
    rows = _cells(_page(api), "operations")
    assert len(rows) == OPERATIONS
    assert rows[0][2] == "query userExists"


def _crowd(api: Api, customers: int, instances: int) -> None:
    version = api.sandbox.seed.version("CRM Contacts")["id"]
    with api.sandbox.store.transaction():
        for number in range(customers):
            customer = api.sandbox.seed.customer(f"Customer {number:04}")["id"]
            for other in range(instances // customers):
                api.sandbox.seed.instance(f"Instance {other:03}", customer=customer, integration=version)


def test_a_large_tenant_comes_in_pages(start: Callable[..., Api]) -> None:
    """Each table has its own pages; links keep the search and the page of the other table."""
    api = start()
    _crowd(api, 60, 120)
    first = _page(api)
    assert (len(_cells(first, "customers")), len(_cells(first, "instances"))) == (CUSTOMERS, INSTANCES)
    assert f"1–{INSTANCES} of 120" in first
    assert re.findall(r'href="(/\?[^"]*)" rel', first) == ["/?instances=2#instances", "/?customers=2#customers"]
    last = _page(api, instances=3, customers=2, q="customer")
    assert _cells(last, "instances")[-1][:2] == ["Customer 0059", "Instance 001"]
    links = re.findall(r'href="(/\?[^"]*)" rel', last)
    assert links == [
        "/?q=customer&amp;customers=2&amp;instances=2#instances",
        "/?q=customer&amp;instances=3#customers",
        "/?q=customer&amp;customers=3&amp;instances=3#customers",
    ]
    assert _cells(_page(api, instances=9999), "instances") == _cells(_page(api, instances=3), "instances")
    assert _cells(_page(api, instances="9" * 5000), "instances") == _cells(_page(api, instances=3), "instances")
    for nonsense in ("0", "-1", "x", "²", ""):
        assert _cells(_page(api, instances=nonsense), "instances") == _cells(first, "instances")


def test_the_page_can_be_searched(start: Callable[..., Api]) -> None:
    """A word finds customers by name or external ID, and instances by their own, customer's or integration's name."""
    api = start(world=WORLD, integrations=())
    assert [row[1] for row in _cells(_page(api, q=" CONTACTS "), "instances")] == ["Contacts"]
    assert [row[0] for row in _cells(_page(api, q="abc-1"), "customers")] == ["FTL Rockets"]
    nothing = _page(api, q='"><b>')
    assert "No instance is called so" in nothing
    assert "No customer is called so" in nothing
    (link,) = re.findall(r'href="(/\?q=[^"]*#instances)"', _page(api, q="abc-1"))
    assert [row[1] for row in _cells(api.request("GET", link.partition("#")[0]).text, "instances")] == [
        "Acme Inventory",
        "Contacts",
    ]
    assert 'value="&#34;&gt;&lt;b&gt;"' in nothing


def test_the_page_takes_the_same_few_statements_in_every_tenant(start: Callable[..., Api]) -> None:
    """Nothing on it is asked for row by row."""
    counts = []
    for crowd in ((2, 4), (40, 80)):
        api = start()
        _crowd(api, *crowd)
        found: list[str] = []
        api.sandbox.store.watch(found.append)
        _page(api)
        api.sandbox.store.watch(None)
        counts.append(len(found))
    assert counts[0] == counts[1] == 8


def test_the_page_may_run_its_own_script_alone(api: Api, instance: str) -> None:
    """Its headers allow the one script that it ships, requests to the sandbox alone, and nothing else."""
    for path in ("/", f"/instances/{instance}"):
        answer = api.request("GET", path)
        (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = answer.headers["content-security-policy"].split("; ")
        assert policy[:3] == ["default-src 'none'", f"script-src 'sha256-{digest}'", "connect-src 'self'"]
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"


@pytest.fixture
def hostile(start: Callable[..., Api]) -> Api:
    """A tenant whose every name is hostile."""
    api = start()
    version = api.sandbox.seed.version("Every Data Type")["id"]
    for number, name in enumerate(NAMES):
        customer = api.sandbox.seed.customer(f"{name}{number}", externalId=f"{name}{number}", labels=[name])["id"]
        api.sandbox.seed.instance(f"{name}{number}", customer=customer, integration=version)
    api.raw('{ user(id: "x") { id } }')
    return api


@pytest.mark.parametrize(("customers", "instances"), [(0, 0), (3, 6), (100, 5000)], ids=["empty", "small", "large"])
def test_people_can_read_it(start: Callable[..., Api], browser: Browser, customers: int, instances: int) -> None:
    """In light and in dark, empty or full, nobody is kept out, and nothing is asked of the network."""
    api = start()
    if customers:
        _crowd(api, customers, instances)
    with served(api.sandbox) as url:
        for scheme in ("light", "dark"):
            with browser.emulating(prefers_color_scheme=scheme):
                browser.open(f"{url}/")
                assert browser.text("h1") == "Sandbox"
                assert browser.axe() == []
                assert browser.complaints() == []
                assert browser.requests() == []


def test_hostile_names_are_only_text(hostile: Api, browser: Browser) -> None:
    """Whatever something is called, the page has the elements it should have, runs nothing and loads nothing."""
    with served(hostile.sandbox) as url:
        browser.open(f"{url}/")
        assert browser.complaints() == []
        assert browser.requests() == []
        assert browser.run("return document.querySelectorAll('script, img, iframe, object, svg, body b').length") == 1
        shown: set[str] = set()
        for page in range(1, 2 + len(NAMES) // CUSTOMERS):
            browser.open(f"{url}/?customers={page}")
            shown |= set(
                browser.run("return [...document.querySelectorAll('.customers th bdi')].map(each => each.textContent)")
            )
    # A browser makes one line end of each kind of them, and leaves null characters out.
    expected = {f"{name}{number}" for number, name in enumerate(NAMES)}
    assert {_as_parsed(name) for name in expected} == shown


def _as_parsed(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def test_somebody_walks_through_it(start: Callable[..., Api], browser: Browser) -> None:
    """The search and the pages work without a script, on a phone too, where nothing sticks out sideways."""
    api = start()
    _crowd(api, 60, 120)
    with served(api.sandbox) as url:
        browser.resize(390, 800)
        browser.open(f"{url}/")
        assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
        browser.one("#q").send_keys("0059")
        browser.one("form button").click()
        browser.until("location.search.includes('q=0059')")
        assert browser.run("return document.querySelectorAll('section.instances tbody tr').length") == 2
        browser.open(f"{url}/")
        browser.one("section.instances a[rel=next]").click()
        browser.until("location.search.includes('instances=2')")
        assert browser.run("return document.querySelectorAll('section.instances tbody tr').length") == INSTANCES


def test_it_is_there_over_the_socket(start: Callable[..., Api]) -> None:
    """Anybody on this machine can look at it, without a token."""
    with served(start().sandbox) as url:
        assert httpx.get(f"{url}/", trust_env=False, timeout=60).status_code == 200


@pytest.fixture
def busy(start: Callable[..., Api]) -> tuple[Api, str]:
    """A tenant with an instance whose flow was called with every outcome, and its page's address."""
    api = start(world=WORLD, integrations=())
    row = api.sandbox.store.where("instances", name="Acme Inventory", enabled=1)[0]["id"]
    config = api.sandbox.store.where("flow_configs", instance=row)[0]["id"]
    for rule in (
        {"result": "succeed"},
        {"error": "<b>401</b> Unauthorized"},
        {"result": "no-changes"},
        {"result": "duplicate"},
        {"retries": {"failures": 1, "every": "1h"}},
        {"queued": "1h"},
        {"result": "never"},
    ):
        api.sandbox.outcomes.replace([rule])
        api.request("POST", f"/trigger/{config}", content=b'{"secret": "canary-payload"}', headers={"Api-Key": KEY})
    return api, f"/instances/{row}"


def test_the_page_of_an_instance(busy: tuple[Api, str]) -> None:
    """It shows executions, flows, config variables and connections, and no input, payload or result."""
    api, path = busy
    assert f'href="{path}"' in _page(api)
    page = api.request("GET", path).text
    statuses = [(row[1], re.sub(r"next at .*", "next at …", row[0])) for row in _cells(page, "executions")]
    assert statuses == [
        ("Sync Inventory", "running"),
        ("Sync Inventory", "queued"),
        ("Sync Inventory", "failed Sync Inventory failed next at …"),
        ("Sync Inventory", "canceled as duplicate"),
        ("Sync Inventory", "polled, no changes"),
        ("Sync Inventory", "failed &lt;b&gt;401&lt;/b&gt; Unauthorized"),
        ("Sync Inventory", "succeeded"),
    ]
    (acme, *_) = _cells(page, "connections")
    assert acme == [PASSWORD, "ACTIVE", "password hidden username hidden"]
    assert ["Batch Size", "number", "100"] in _cells(page, "variables")
    (batch,) = api.sandbox.store.rows(
        "SELECT r.id FROM required_config_variables r JOIN instances i ON i.integration = r.integration"
        " WHERE r.key = 'Batch Size' AND i.id = ?",
        (path.rpartition("/")[2],),
    )
    api.sandbox.store.update("required_config_variables", batch["id"], meta={"sensitive": True})
    assert ["Batch Size", "number", "hidden"] in _cells(api.request("GET", path).text, "variables")
    assert [row[:1] for row in _cells(page, "flows")] == [["Sync Inventory"]]
    api.sandbox.outcomes.replace([{"suspended": True, "connections": "error"}])
    page = api.request("GET", path).text
    assert '<span class="mark bad">suspended</span>' in page
    assert "ERROR" in _cells(page, "connections")[0][1]
    for secret in ("canary", "made-up", KEY):
        assert secret not in page


def test_the_page_of_an_instance_shows_the_latest_executions(busy: tuple[Api, str]) -> None:
    """However many there are, it stays short and takes the same few statements."""
    api, path = busy
    counts = []
    for calls in (0, EXECUTIONS):
        api.sandbox.outcomes.replace([])
        config = api.sandbox.store.value("SELECT flowConfig FROM executions")
        for _ in range(calls):
            api.request("POST", f"/trigger/{config}", headers={"Api-Key": KEY})
        found: list[str] = []
        api.sandbox.store.watch(found.append)
        page = api.request("GET", path).text
        api.sandbox.store.watch(None)
        counts.append(len(found))
    assert counts[0] == counts[1] == 8
    assert len(_cells(page, "executions")) == EXECUTIONS
    assert f"The latest {EXECUTIONS} of {EXECUTIONS + 7}" in page
    answer = api.request("GET", "/instances/x")
    assert (answer.status_code, "no such instance" in answer.text) == (404, True)


def test_people_can_read_the_page_of_an_instance(busy: tuple[Api, str], browser: Browser) -> None:
    """In light and in dark, on a wide screen and on a phone, nothing sticks out sideways or is kept from anybody."""
    api, path = busy
    with served(api.sandbox) as url:
        for scheme, width in (("light", 1280), ("dark", 400)):
            with browser.emulating(prefers_color_scheme=scheme):
                browser.resize(width, 900)
                browser.open(f"{url}/")
                browser.one(f"section.instances a[href='{path}']").click()
                browser.until("location.pathname.startsWith('/instances/')")
                browser.open(f"{url}{path}")
                assert browser.text("h1") == "Acme Inventory"
                assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
                assert browser.axe() == []
                assert browser.complaints() == []
                assert browser.requests() == []


def test_the_page_refreshes_by_itself(busy: tuple[Api, str], browser: Browser) -> None:
    """What changes in the tenant appears without a reload; the focus, the scroll position and what is typed stay."""
    api, path = busy
    with served(api.sandbox) as url:
        browser.resize(420, 500)
        browser.open(f"{url}/")
        browser.run("window.mark = 'the same document'")
        browser.one("#q").send_keys("typed")
        browser.run("document.querySelector(`section.instances a[href='${arguments[0]}']`).focus()", path)
        browser.run("window.scrollTo(0, 900)")
        before = browser.run("return window.scrollY")
        api.sandbox.seed.customer("Zebra")
        browser.until("[...document.querySelectorAll('.customers th')].some(each => each.textContent === 'Zebra')")
        assert browser.run("return window.mark") == "the same document"
        assert browser.run("return document.activeElement.getAttribute('href')") == path
        row = api.sandbox.store.where("instances", name="Acme Inventory", enabled=1)[0]["id"]
        api.sandbox.store.update("instances", row, name="Renamed <b>")
        browser.until("document.querySelector('.instances').textContent.includes('Renamed <b>')")
        assert browser.run("return document.activeElement.getAttribute('href')") == path
        assert browser.run("return document.querySelector('#q').value") == "typed"
        assert before > 0
        assert browser.run("return window.scrollY") == before
        assert browser.run("return document.querySelectorAll('body b').length") == 0
        assert browser.complaints() == []


def test_the_refresh_can_be_paused(busy: tuple[Api, str], browser: Browser) -> None:
    """A button stops it, also on the pages that follow, and starts it again; a keyboard is enough."""
    api, path = busy
    with served(api.sandbox) as url:
        browser.open(f"{url}/")
        browser.run("document.querySelector('#pause').focus()")
        browser.press("ENTER")
        assert browser.text("#state") == "Paused: the page stays as it is."
        browser.open(f"{url}{path}")
        assert browser.text("#pause") == "Go on refreshing"
        api.sandbox.store.update("instances", path.rpartition("/")[2], name="Renamed")
        browser.run("window.shown = performance.now()")
        browser.until("performance.now() > window.shown + 2500")
        assert browser.text("h1") == "Acme Inventory"
        browser.one("#pause").click()
        browser.until("document.querySelector('h1').textContent === 'Renamed'")
        assert browser.text("#state") == "This page refreshes by itself."
        browser.run("sessionStorage.clear()")


def test_a_page_says_when_nothing_answers(start: Callable[..., Api], browser: Browser) -> None:
    """A stopped sandbox and an object that is gone leave the page as it was, and say so."""
    api = start(world=WORLD, integrations=())
    row = api.sandbox.store.where("instances", name="Contacts")[0]["id"]
    with served(api.sandbox) as url:
        browser.open(f"{url}/instances/{row}")
        assert browser.text("#state") == "This page refreshes by itself."
        api.sandbox.store.execute("DELETE FROM instances WHERE id = ?", (row,))
        browser.until("document.querySelector('#state').textContent.startsWith('This is no longer in the sandbox')")
    browser.until("document.querySelector('#state').textContent.startsWith('The sandbox does not answer')")
    assert browser.text("h1") == "Contacts"


def test_a_row_is_a_link(busy: tuple[Api, str], browser: Browser) -> None:
    """A click anywhere in an instance's row opens its page, on a wide screen and on a phone."""
    from selenium.webdriver import ActionChains

    api, path = busy
    with served(api.sandbox) as url:
        for width in (1280, 420):
            browser.resize(width, 900)
            browser.open(f"{url}/")
            row = f"section.instances tr:has(a[href='{path}'])"
            browser.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", row)
            cell = browser.one(f"{row} td:last-child")
            ActionChains(browser.driver, duration=0).move_to_element(cell).click().perform()
            browser.until("location.pathname.startsWith('/instances/')")
            assert browser.text("h1") == "Acme Inventory"
