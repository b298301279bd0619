"""A backup is a consistent moment, and comes back as it was."""

import json
import shutil
import zipfile
from pathlib import Path
from threading import Thread

import pytest

from billing_app.domain.errors import Invalid, Refused, Unavailable
from billing_app.domain.lifecycle import Action
from billing_app.persistence import copying
from billing_app.persistence.database import Database
from billing_app.services.books.backups import MANIFEST, back_up, restore
from billing_app.services.books.verify import verify
from billing_app.services.context import Context
from tests.services.worldmaking import SECRET, TinyWorld, a_world, cluster


def empty_database(w: TinyWorld, folder: Path, name: str) -> Database:
    if w.is_sqlite:
        return Database(f"sqlite:///{folder / name / 'billing.db'}")
    return Database(cluster().make(f"{name}_{abs(hash(folder)) % 10**9}"))


def restored(w: TinyWorld, database: Database) -> TinyWorld:
    return TinyWorld(database, w.people, w.customers, w.clock)


@pytest.mark.spec("ORO-15")
def test_a_backup_comes_back_as_it_was(w, tmp_path):
    w.posted()
    w.draft()
    file = tmp_path / "one.backup"
    said = back_up(w.ctx("admin"), file)
    assert said.invoices == 2
    w.posted()  # after the backup
    database, key = empty_database(w, tmp_path, "again"), tmp_path / "again" / "secret-key"
    assert restore(database, key, file) == said
    assert key.read_bytes() == SECRET
    assert key.stat().st_mode & 0o077 == 0
    back = restored(w, database)
    assert back.footprint()["invoice"] == 2
    assert [one for one in verify(back.ctx("admin"), deep=True) if one.count] == []
    back.posted()  # and work goes on
    database.close()


def test_a_backup_taken_while_others_write_is_whole(w, tmp_path):
    waiting = [w.draft() for _ in range(30)]
    writer = Thread(target=lambda: [w.move("accounting", key, Action.POST) for key in waiting])
    writer.start()
    files = [tmp_path / f"{at}.backup" for at in range(3)]
    for file in files:
        back_up(w.ctx("admin"), file)
    writer.join()
    for file in files:
        database = empty_database(w, tmp_path, f"whole{file.stem}")
        restore(database, tmp_path / f"key{file.stem}", file)
        found = verify(Context(database, w.clock, w.people["admin"], SECRET))
        assert [one for one in found if one.count] == []
        database.close()


def test_nothing_is_overwritten(w, tmp_path):
    file = tmp_path / "one.backup"
    back_up(w.ctx("admin"), file)
    before = file.read_bytes()
    with pytest.raises(Invalid):
        back_up(w.ctx("admin"), file)
    assert file.read_bytes() == before
    footprint = w.footprint()
    with pytest.raises(Refused):
        restore(w.database, tmp_path / "key", file)
    assert w.footprint() == footprint
    assert not (tmp_path / "key").exists()


def test_what_is_no_backup_is_refused(w, tmp_path):
    good = tmp_path / "good.backup"
    back_up(w.ctx("admin"), good)
    database, key = empty_database(w, tmp_path, "none"), tmp_path / "key"

    plain = tmp_path / "plain.backup"
    plain.write_bytes(b"not a backup")
    foreign = tmp_path / "foreign.backup"
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("hello.txt", "hello")
    newer = tmp_path / "newer.backup"
    other = tmp_path / "other.backup"
    for target, change in (
        (newer, {"version": "9999"}),
        (other, {"engine": "postgresql" if w.is_sqlite else "sqlite"}),
    ):
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(target, "w") as archive:
            said = json.loads(source.read(MANIFEST)) | change
            archive.writestr(MANIFEST, json.dumps(said))
    for file, kind in ((plain, Invalid), (foreign, Invalid), (newer, Refused), (other, Refused)):
        with pytest.raises(kind):
            restore(database, key, file)
        assert not key.exists()
        assert copying.is_empty(database)
    database.close()


def test_without_the_server_s_programs_it_says_so(tmp_path, monkeypatch):
    with a_world("postgres") as w:
        monkeypatch.setattr(shutil, "which", lambda _name: None)
        with pytest.raises(Unavailable, match="pg_dump is not installed"):
            back_up(w.ctx("admin"), tmp_path / "none.backup")
    assert list(tmp_path.iterdir()) == []
