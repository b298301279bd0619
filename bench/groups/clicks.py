"""What a person waits for: from the click to the painted change, in a real browser."""

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from playwright.sync_api import Browser

from bench.browser import Grid, Traffic, browsing, person, until
from bench.databases import as_staff, complete, folder
from bench.figures import Options, Row, sized, timing
from bench.product import Product, serving
from bench.questions import Sample, sample

CLICK_MS, DEBOUNCE_MS = 60.0, 200.0
JS_KIB = 200.0
TIMES, SECONDS = 40, 30.0
LOADS = 10
NEXT, SEARCH = "button[aria-label='Next page']", "input.grid-search"
PAGES = ".pager button[aria-label^='Page ']"
HEADS = {
    "customer": "c-cust",
    "date": "c-date",
    "due": "c-due",
    "amount": "c-amt",
    "open": "c-open",
}
VIEWS = {"drafts": 1, "open": 4, "overdue": 5}
LINK = "[data-testid=invoice-link]"
Sampled = tuple[float, int]
Turn = Callable[[int], dict[str, Sampled]]


def measure(options: Options) -> list[Row]:
    """At each size."""
    rows: list[Row] = []
    for size in options.sizes:
        world = complete(size)
        known = sample(as_staff(world))
        world.database.close()
        with serving(folder(size)) as product, browsing() as browser:
            rows += _first_loads(browser, product, size, options)
            rows += _clicks(browser, product, known, size, options)
    return rows


def _first_loads(browser: Browser, product: Product, size: int, options: Options) -> Iterator[Row]:
    """A person who was never here: what travels, and when the rows are painted."""
    cookie = product.cookie("accounting")
    scripts, styles, rows_at = [], [], []
    for _ in range(options.times(LOADS)):
        context = person(browser, product, cookie)
        page = context.new_page()
        traffic = Traffic(context.new_cdp_session(page))
        page.goto("/invoices")
        until(page, "rows")
        rows_at.append(float(page.evaluate("benchRowsAt")))
        page.wait_for_load_state("networkidle")
        scripts.append(traffic.kib(".js"))
        styles.append(traffic.kib(".css"))
        context.close()
    heaviest = max(scripts)
    yield Row(
        "first load, JavaScript as sent",
        sized(size),
        f"{heaviest:,.0f} KiB",
        f"< {JS_KIB:,.0f} KiB",
        heaviest < JS_KIB,
        {"KiB": round(heaviest, 1)},
    )
    yield Row("first load, CSS as sent", sized(size), f"{max(styles):,.0f} KiB")
    yield timing("first load until 50 rows are painted", sized(size), rows_at)


def _clicks(
    browser: Browser, product: Product, known: Sample, size: int, options: Options
) -> Iterator[Row]:
    context = person(browser, product, product.cookie("billing"))
    grid = Grid(context.new_page())
    grid.open()
    turns: tuple[Callable[[Grid, Sample], Turn], ...] = (
        _pages,
        _sorts,
        _views,
        _filters,
        _searches,
        _records,
        _selection,
    )
    for turn in turns:
        yield from _taken(grid, turn(grid, known), size, options)
    context.close()


def _taken(grid: Grid, turn: Turn, size: int, options: Options) -> Iterator[Row]:
    """Take turns; each gives one sample of some actions."""
    found: dict[str, list[Sampled]] = {}
    turn(0)
    end = perf_counter() + options.seconds(SECONDS)
    for number in range(1, options.times(TIMES) + 1):
        if perf_counter() > end:
            break
        for name, sampled in turn(number).items():
            found.setdefault(name, []).append(sampled)
    grid.open()
    for name, samples in found.items():
        wanted = CLICK_MS + (DEBOUNCE_MS if name.startswith("search") else 0)
        yield timing(name, sized(size), [elapsed for elapsed, _ in samples], most_ms=wanted)
        received = median(size for _, size in samples)
        yield Row(name, f"kB received, {size:,}", f"{received / 1000:.1f}", figures={"B": received})


def _pages(grid: Grid, _known: Sample) -> Turn:
    def turn(_: int) -> dict[str, Sampled]:
        last = grid.page.locator(PAGES).count() - 1
        return {
            "next page": grid.click(NEXT),
            "last page": grid.click(PAGES, nth=last),
            "previous page": grid.click("button[aria-label='Previous page']"),
            "first page": grid.click(PAGES),
        }

    return turn


def _sorts(grid: Grid, _known: Sample) -> Turn:
    def turn(_: int) -> dict[str, Sampled]:
        taken = {}
        for name, css in HEADS.items():
            for way in ("up", "down"):
                taken[f"sort {name} {way}"] = grid.click(f"th.{css} button.sort")
        return taken

    return turn


def _views(grid: Grid, _known: Sample) -> Turn:
    def turn(_: int) -> dict[str, Sampled]:
        taken = {}
        for name, nth in VIEWS.items():
            taken[f"view {name}"] = grid.click(".tabs button", nth=nth)
            grid.settle()
        taken["view all"] = grid.click(".tabs button")
        grid.settle()
        return taken

    return turn


def _filters(grid: Grid, known: Sample) -> Turn:
    forms = {
        "filter status": {"chip": "Paid"},
        "filter customer + status": {"customer": known.customer_name, "chip": "Paid"},
        "filter currency + type + status": {
            "currency": "USD",
            "type": str(known.type_id),
            "chip": "Overdue",
        },
    }

    def turn(_: int) -> dict[str, Sampled]:
        taken = {}
        for name, form in forms.items():
            taken["open the filters"] = grid.click(".fc.add button", "dialog")
            for field, value in form.items():
                grid.choose(field, value)
            taken[name] = grid.click("#filters button[type=submit]")
            grid.settle()
            for _each in form:
                taken["take away a filter"] = grid.click("button[aria-label^='Remove filter']")
                grid.settle()
        return taken

    return turn


def _searches(grid: Grid, known: Sample) -> Turn:
    texts = {
        "search number": known.number,
        "search amount": known.amount,
        "search 1 word": "pilotage",
        "search 2 words": "harbour dues",
        "search partner": " ".join(known.customer_name.split()[:2]),
    }

    def turn(_: int) -> dict[str, Sampled]:
        taken = {}
        for name, text in texts.items():
            taken[name] = grid.type(SEARCH, text)
            grid.settle()
        taken["search emptied"] = grid.type(SEARCH, "")
        grid.settle()
        return taken

    return turn


def _records(grid: Grid, _known: Sample) -> Turn:
    def turn(number: int) -> dict[str, Sampled]:
        return {
            "open drawer": grid.click(LINK, "record", nth=number % 45),
            "next record": grid.click(".drawer button[aria-label^='Next']", "record"),
            "close drawer": grid.click(".drawer button[aria-label^='Close']", "record"),
        }

    return turn


def _selection(grid: Grid, _known: Sample) -> Turn:
    def turn(_: int) -> dict[str, Sampled]:
        return {
            "select a row": grid.click("input[data-row-box]", "selection"),
            "unselect a row": grid.click("input[data-row-box]", "selection"),
        }

    return turn
