"""What every test may ask for: a fresh database, a billing desk, the product's own process."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
os.chdir(ROOT)  # the framework reads rxconfig.py where it is started
for _name in [name for name in os.environ if name.startswith("BILLING_")]:
    del os.environ[_name]  # nobody's own settings reach a test
_own = tempfile.mkdtemp(prefix="billing-tests-")
atexit.register(shutil.rmtree, _own, ignore_errors=True)
os.environ["BILLING_DATA_DIR"] = _own
os.environ["REFLEX_TELEMETRY_ENABLED"] = "false"
# The same examples every time, however busy the machine is.
hypothesis.settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")

from billing_app import bootstrap, settings  # noqa: E402  they read the environment above
from billing_app.persistence.database import Database  # noqa: E402
from billing_app.security.sessions import forget_everybody  # noqa: E402
from tests.support import postgres  # noqa: E402
from tests.support.worlds import Desk, a_world, copied, migrated  # noqa: E402


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in tests/e2e needs the browser."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "e2e"):
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, closed, to be copied."""
    path = tmp_path_factory.mktemp("template") / "billing.db"
    migrated(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server of the tests' own; they fail where it cannot be had."""
    cluster = postgres.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Cluster) -> str:
    """The name of a migrated PostgreSQL database, to be copied."""
    name = postgres_server.create(name="migrated")
    migrated(postgres_server.url(name)).close()
    return name


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh, migrated SQLite database."""
    made = copied(sqlite_template, tmp_path / "billing.db")
    yield made
    made.close()


@pytest.fixture
def postgres_database(
    postgres_server: postgres.Cluster, postgres_template: str
) -> Iterator[Database]:
    """A fresh, migrated PostgreSQL database."""
    name = postgres_server.create(template=postgres_template)
    made = Database(postgres_server.url(name))
    yield made
    made.close()
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Database:
    """A fresh, migrated database; the test runs once on each kind."""
    kind = "database" if request.param == "sqlite" else "postgres_database"
    made: Database = request.getfixturevalue(kind)
    return made


@pytest.fixture
def world(database: Database) -> Desk:
    """A billing desk on SQLite."""
    return a_world(database)


@pytest.fixture
def each_world(engine: Database) -> Desk:
    """A billing desk; the test runs once on each kind of database."""
    return a_world(engine)


@pytest.fixture
def in_process(
    world: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[bootstrap.World]:
    """The desk of `world` as the world of this process, as routes and handlers find it."""
    monkeypatch.setenv("BILLING_DATA_DIR", str(tmp_path))
    settings.settings.cache_clear()
    bootstrap.world.cache_clear()
    forget_everybody()
    made, own = bootstrap.world(), world.process_world(tmp_path)
    made.database, made.clock, made.secret = own.database, own.clock, own.secret
    yield made
    settings.settings.cache_clear()
    bootstrap.world.cache_clear()
    forget_everybody()
