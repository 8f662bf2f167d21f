"""A store in one file, and back: real files, real second processes, real kills."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from corpus import folders
from corpus.backup import Backup, back_up
from corpus.backup_file import CATALOG, MANIFEST, Database
from corpus.errors import BackupRefused, CorpusBusy, CorpusDamaged, CorpusError
from corpus.models import Document, Media
from corpus.originals import original_path
from corpus.restoring import Restored, restore
from corpus.store import Corpus
from corpus.write_lock import WriteLock
from tests.corpus.making import document, put, texts
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]
NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
LEDGER = Database("ledger.db", "SELECT version FROM schema", 3)
ALL = (CATALOG, LEDGER)
ALIASES = "[aliases]\nzephyr = 'Zephyr'\n"
OLD, NEW = document("old", "/in/report.txt"), document("new", "/in/report.txt")


def keep_original(data: Path, owner: Document) -> None:
    path = original_path(data, owner.id, Media.TEXT)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"original of {owner.title}")


def fill(data: Path) -> Path:
    """A store with a replaced document, a ledger, an edited file, and what is derived."""
    with Corpus.open(data, HashingEmbedder()) as corpus:
        for owner in (OLD, NEW):
            put(corpus, owner, *texts(owner.title, 6))
            keep_original(data, owner)
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        ledger.execute("PRAGMA journal_mode=WAL")
        ledger.execute("CREATE TABLE schema (version INTEGER)")
        ledger.execute("INSERT INTO schema VALUES (3)")
        ledger.execute("CREATE TABLE attempts (id TEXT)")
        ledger.execute("INSERT INTO attempts VALUES ('paid')")
        ledger.commit()
    (data / "aliases.toml").write_text(ALIASES)
    (data / "models").mkdir()
    (data / "models" / "model.onnx").write_text("weights")
    return data


@pytest.fixture
def store(data: Path) -> Path:
    return fill(data)


@pytest.fixture
def file(store: Path, tmp_path: Path) -> Path:
    return backed_up(store, tmp_path / "kept.zip").file


def backed_up(data: Path, file: Path, force: bool = False) -> Backup:
    return back_up(data, file, NOW, ALL, force=force, wait=5)


def restored(file: Path, data: Path, replace: bool = False) -> Restored:
    return restore(file, data, NOW, ALL, replace=replace, wait=5)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def check_store(data: Path) -> None:
    embedder = HashingEmbedder()
    with Corpus.open(data, embedder) as corpus:
        assert [found.id for found in corpus.documents()] == [NEW.id]
        assert corpus.search("About new passage 3", 1)[0].document.id == NEW.id
        assert [p.text for p in corpus.passages(OLD.id)] == texts(OLD.title, 6)
        health = corpus.health()
        assert (health.passages, health.superseded, health.originals_missing) == (6, 1, ())
        assert health.ok, health.lines()
    assert embedder.batches == []
    assert original_path(data, OLD.id, Media.TEXT).read_text() == "original of About old"
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        assert ledger.execute("SELECT id FROM attempts").fetchall() == [("paid",)]
    assert (data / "aliases.toml").read_text() == ALIASES


def test_a_store_comes_back_whole_without_embedding(store: Path, tmp_path: Path) -> None:
    done = backed_up(store, tmp_path / "kept.zip")
    assert (done.originals, len(done.manifest.members)) == (2, 5)
    assert done.manifest.schemas == {"catalog.db": CATALOG.known, "ledger.db": 3}
    shutil.rmtree(store)
    back = restored(done.file, store)
    assert (back.health.documents, back.health.ok, back.aside) == (1, True, None)
    check_store(store)
    assert leftovers(tmp_path) == []


def test_the_file_holds_hashes_and_nothing_derived(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read(MANIFEST))
        for member in told["members"]:
            content = archive.read(member["name"])
            assert (len(content), sha256(content).hexdigest()) == (member["size"], member["sha256"])
        names = set(archive.namelist())
    originals = {f"originals/{owner.id}.txt" for owner in (OLD, NEW)}
    assert names == {"catalog.db", "ledger.db", "aliases.toml", MANIFEST, *originals}
    assert told["product"] and told["created"] == "2026-05-06T07:08:09+00:00"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "it holds what people asked"


def test_readers_and_the_ledger_go_on_while_a_backup_is_made(store: Path, tmp_path: Path) -> None:
    with (
        Corpus.open(store, HashingEmbedder()) as corpus,
        closing(sqlite3.connect(store / "ledger.db")) as ledger,
    ):
        assert corpus.search("About new passage 3", 1)
        # Committed, and not yet in the main file.
        ledger.execute("INSERT INTO attempts VALUES ('late')")
        ledger.commit()
        ledger.execute("INSERT INTO attempts VALUES ('never committed')")
        done = backed_up(store, tmp_path / "kept.zip")
        assert corpus.search("About new passage 3", 1)
    restored(done.file, tmp_path / "again")
    with closing(sqlite3.connect(tmp_path / "again" / "ledger.db")) as ledger:
        assert ledger.execute("SELECT id FROM attempts").fetchall() == [("paid",), ("late",)]


def test_a_backup_waits_for_a_writer_and_then_says_so(store: Path, tmp_path: Path) -> None:
    with WriteLock(store / "write.lock", 1).held(), pytest.raises(CorpusBusy):
        back_up(store, tmp_path / "kept.zip", NOW, wait=0.1)
    assert not (tmp_path / "kept.zip").exists()


def test_a_backup_of_an_earlier_backup_is_only_written_over_by_force(
    store: Path, file: Path
) -> None:
    before = file.read_bytes()
    with pytest.raises(CorpusError, match="--force"):
        backed_up(store, file)
    assert file.read_bytes() == before
    put_one_more(store)
    backed_up(store, file, force=True)
    assert file.read_bytes() != before


def put_one_more(data: Path) -> None:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        put(corpus, document("more"))


@pytest.mark.parametrize(
    ("place", "reason"),
    (
        ("data/kept.zip", "within"),
        ("data/originals/kept.zip", "within"),
        ("link/kept.zip", "within"),
        ("nowhere/kept.zip", "is no folder"),
    ),
)
def test_a_backup_is_refused_in_the_data_folder_and_nowhere(
    store: Path, tmp_path: Path, place: str, reason: str
) -> None:
    (tmp_path / "link").symlink_to(store)
    with pytest.raises(CorpusError, match=reason):
        backed_up(store, tmp_path / place)


def test_no_store_no_backup(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="There is no store"):
        backed_up(tmp_path / "absent", tmp_path / "kept.zip")
    assert not (tmp_path / "absent").exists()


def test_a_name_that_could_not_be_restored_is_refused(store: Path, tmp_path: Path) -> None:
    (store / "a:b.json").write_text("{}")
    with pytest.raises(CorpusError, match="rename it"):
        backed_up(store, tmp_path / "kept.zip")


def test_a_damaged_database_never_takes_the_place_of_a_good_backup(store: Path, file: Path) -> None:
    before = file.read_bytes()
    with (store / "ledger.db").open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * 4096)
    with pytest.raises(CorpusDamaged, match="loadfactor restore"):
        backed_up(store, file, force=True)
    assert file.read_bytes() == before


def child(script: str, *arguments: str | Path) -> list[str]:
    head = (
        "import resource, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from corpus.backup import back_up\n"
        "from corpus.errors import CorpusUnwritable\n"
        "from corpus.restoring import restore\n"
        "one, other = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "now = datetime.now(UTC)\n"
    )
    return [sys.executable, "-c", head + script, *map(str, arguments)]


@pytest.mark.parametrize(
    "task", ("back_up(one, other, now, force=True)", "restore(one, other, now)")
)
def test_fault_16_a_full_disk_leaves_store_and_backup_as_they_were(
    store: Path, file: Path, tmp_path: Path, task: str
) -> None:
    before, target = file.read_bytes(), tmp_path / "elsewhere"
    script = (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        f"try:\n    {task}\n"
        "except CorpusUnwritable as error:\n    print(error)\n"
    )
    places = (store, file) if task.startswith("back") else (file, target)
    done = subprocess.run(
        child(script, *places), cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert "Free disk space" in done.stdout
    assert "nothing was changed" in done.stdout
    assert file.read_bytes() == before
    assert not target.exists()
    assert leftovers(tmp_path) == []
    check_store(store)


def test_a_kill_in_mid_backup_leaves_nothing_half_written(
    store: Path, file: Path, tmp_path: Path
) -> None:
    for number in range(300):
        path = store / "originals" / f"{number:064x}.pdf"
        path.write_bytes(random.Random(number).randbytes(100_000))
    before, dice, unchanged = file.read_bytes(), random.Random(1), 0
    for _ in range(10):
        with subprocess.Popen(
            child("print(1, flush=True)\nback_up(one, other, now, force=True)", store, file),
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            while not leftovers(tmp_path) and process.poll() is None:
                time.sleep(0.001)
            time.sleep(dice.uniform(0, 0.1))
            process.kill()
        unchanged += file.read_bytes() == before
        before = file.read_bytes()
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
            assert MANIFEST in archive.namelist()
    assert unchanged >= 3
    assert backed_up(store, file, force=True).originals == 302
    assert leftovers(tmp_path) == []
    restored(file, tmp_path / "again")
    check_store(tmp_path / "again")


def test_a_store_is_replaced_only_on_demand_and_kept_aside(store: Path, file: Path) -> None:
    put_one_more(store)
    with pytest.raises(CorpusError, match="--replace"):
        restored(file, store)
    back = restored(file, store, replace=True)
    assert back.aside == store.with_name("data.before-20260506-070809")
    check_store(store)
    assert (store / "models" / "model.onnx").read_text() == "weights", "they go with the name"
    with Corpus.open(back.aside, HashingEmbedder()) as corpus:
        assert len(corpus.documents()) == 2
        assert corpus.health().ok
    put_one_more(store)
    again = restored(file, store, replace=True)
    assert again.aside == store.with_name("data.before-20260506-070809-2")
    check_store(store)


@pytest.mark.parametrize("state", ("absent", "empty", "models only"))
def test_a_folder_without_a_store_is_filled_without_asking(
    file: Path, tmp_path: Path, state: str
) -> None:
    target = tmp_path / "fresh" / "data"
    if state != "absent":
        target.mkdir(parents=True)
    if state == "models only":
        (target / "models").mkdir()
        (target / "models" / "model.onnx").write_text("weights")
    assert restored(file, target).aside is None
    check_store(target)
    assert (target / "models").exists() == (state == "models only")
    assert [path.name for path in target.parent.iterdir()] == ["data"]


def test_where_names_cannot_be_exchanged_two_renames_do(
    store: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_exchanged", lambda *_: False)
    assert restored(file, store, replace=True).aside is not None
    check_store(store)


def rewritten(file: Path, change: Callable[[dict[str, bytes], dict[str, object]], None]) -> Path:
    """A copy of a backup whose members and manifest went through `change`."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop(MANIFEST))
    change(members, manifest)
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr(MANIFEST, json.dumps(manifest))
    return changed


def named(name: str) -> Callable[[dict[str, bytes], dict[str, object]], None]:
    """A change that adds a member of that name, told in the manifest as it should be."""

    def add(members: dict[str, bytes], manifest: dict[str, object]) -> None:
        members[name] = b"evil"
        rows = manifest["members"]
        assert isinstance(rows, list)
        rows.append({"name": name, "size": 4, "sha256": sha256(b"evil").hexdigest()})

    return add


def without_catalog(members: dict[str, bytes], manifest: dict[str, object]) -> None:
    del members["catalog.db"]
    rows = manifest["members"]
    assert isinstance(rows, list)
    manifest["members"] = [row for row in rows if row["name"] != "catalog.db"]


def longer_than_told(members: dict[str, bytes], manifest: dict[str, object]) -> None:
    members["ledger.db"] += b"\0" * 10_000_000


def another_content(members: dict[str, bytes], manifest: dict[str, object]) -> None:
    members["aliases.toml"] = members["aliases.toml"].swapcase()


def one_more(members: dict[str, bytes], manifest: dict[str, object]) -> None:
    members["extra.toml"] = b""


def one_less(members: dict[str, bytes], manifest: dict[str, object]) -> None:
    del members["ledger.db"]


@pytest.mark.parametrize(
    ("change", "reason"),
    (
        (named("../evil.toml"), "no backup holds"),
        (named("/evil.toml"), "no backup holds"),
        (named("originals/../../evil.toml"), "no backup holds"),
        (named("originals\\..\\evil.toml"), "no backup holds"),
        (named("C:evil.toml"), "no backup holds"),
        (named(".evil.toml"), "no backup holds"),
        (named("chroma/chroma.sqlite3"), "no backup holds"),
        (named("evil.sh"), "no backup holds"),
        (named("originals/" + "x" * 300), "no backup holds"),
        (named("CATALOG.db"), "a file twice"),
        (without_catalog, "holds no catalog.db"),
        (longer_than_told, "ledger.db in it is damaged"),
        (another_content, "aliases.toml in it is damaged"),
        (one_more, "not those that its manifest names"),
        (one_less, "not those that its manifest names"),
        (lambda _, manifest: manifest.update(format="other"), "'other'"),
        (lambda _, manifest: manifest.update(format_version=2), "Update Load Factor"),
        (
            lambda _, manifest: manifest.update(schemas={"ledger.db": 4}),
            r"ledger\.db has version 4",
        ),
        (
            lambda _, manifest: manifest.update(schemas={"catalog.db": 99}),
            "Update Load Factor, then restore",
        ),
        (lambda _, manifest: manifest.pop("members"), "manifest cannot be read"),
        (lambda _, manifest: manifest.update(members=7), "manifest cannot be read"),
    ),
)
def test_what_is_damaged_foreign_newer_or_a_trick_is_refused(
    store: Path,
    file: Path,
    tmp_path: Path,
    change: Callable[[dict[str, bytes], dict[str, object]], None],
    reason: str,
) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(BackupRefused, match=reason) as refused:
        restored(rewritten(file, change), store, replace=True)
    assert "Nothing was changed" in str(refused.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "changed.zip"])
    check_store(store)


def test_a_symlink_in_a_backup_is_refused(store: Path, file: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("originals/link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BackupRefused, match="no plain file"):
        restored(file, store, replace=True)
    check_store(store)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-500])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0xFF
    file.write_bytes(content)


def another_zip(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photo.jpg", b"jpg")


def no_zip(file: Path) -> None:
    file.write_text("something else")


@pytest.mark.parametrize("spoil", (cut, flip, another_zip, no_zip, Path.unlink))
def test_a_file_that_is_broken_or_no_backup_is_refused(
    store: Path, file: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(file)
    with pytest.raises(BackupRefused):
        restored(file, store, replace=True)
    check_store(store)


def test_every_single_flipped_byte_is_noticed_or_harmless(
    store: Path, file: Path, tmp_path: Path
) -> None:
    whole, dice = file.read_bytes(), random.Random(7)
    for _ in range(60):
        content = bytearray(whole)
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        file.write_bytes(content)
        target = tmp_path / "target"
        try:
            restored(file, target)
        except BackupRefused:
            assert not target.exists()
        else:
            check_store(target)
            shutil.rmtree(target)


def test_a_store_that_another_process_has_open_is_not_replaced(store: Path, file: Path) -> None:
    put_one_more(store)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.corpus.child", str(store), "search", "About more"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin is not None and reader.stdout is not None
        print(file=reader.stdin, flush=True)
        assert "About more" in reader.stdout.readline()
        with pytest.raises(CorpusBusy, match="Close the app"):
            restored(file, store, replace=True)
        print(file=reader.stdin, flush=True)
        assert "About more" in reader.stdout.readline(), "the reader goes on"
        reader.stdin.close()
    restored(file, store, replace=True)
    check_store(store)


def test_a_store_that_is_written_to_is_not_replaced(store: Path, file: Path) -> None:
    with WriteLock(store / "write.lock", 1).held(), pytest.raises(CorpusBusy):
        restore(file, store, NOW, ALL, replace=True, wait=0.1)
    check_store(store)


def documents_of(data: Path) -> set[str]:
    with Corpus.open(data, HashingEmbedder()) as corpus:
        assert corpus.health().ok
        return {found.id for found in corpus.documents()}


def test_a_kill_in_mid_restore_leaves_a_store_that_works(
    store: Path, file: Path, tmp_path: Path
) -> None:
    put_one_more(store)
    before = documents_of(store)
    dice, kept = random.Random(3), 0
    for _ in range(12):
        with subprocess.Popen(
            child("print(1, flush=True)\nrestore(one, other, now, replace=True)", file, store),
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(dice.uniform(0, 1.2))
            process.kill()
        found = documents_of(store)
        assert found in (before, {NEW.id})
        kept += found == before
        if found != before:
            put_one_more(store)
    assert kept >= 3
    restored(file, store, replace=True)
    check_store(store)
    assert leftovers(tmp_path) in ([], [".data.restoring.lock"])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take two renames")
def test_there_is_a_whole_folder_at_every_moment_of_an_exchange(tmp_path: Path) -> None:
    old, missing, done = tmp_path / "old", list[int](), threading.Event()
    old.mkdir()
    (old / "file").touch()

    def watch() -> None:
        while not done.is_set():
            if not (old / "file").exists():
                missing.append(1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(300):
        new = tmp_path / "new"
        new.mkdir()
        (new / "file").touch()
        folders.exchange(new, old, tmp_path / f"aside{number}")
    done.set()
    watcher.join()
    assert missing == []
    assert len(list(tmp_path.iterdir())) == 301
