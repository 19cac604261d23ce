"""`synth ingest --redact suggest` and `synth redactions`: looked at, decided, stored."""

import json
import re
from pathlib import Path

from tests.running import run_synth

ROWS = "id,text\n1,Write to ada@example.org about Bertha\n2,Nothing to hide here at all\n3,Or bob@example.org maybe\n"


def test_what_was_found_is_decided_by_its_place_and_stored(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "rows.csv"
    file.write_text(ROWS, "utf-8")
    sent = run_synth(home, "ingest", file, "--redact", "suggest")
    assert sent.returncode == 0, sent.stderr
    match = re.search(r"rows\.csv waits for you: `synth redactions (\w+)`", sent.stdout)
    assert match, sent.stdout
    listed = run_synth(home, "redactions", match[1], "--reject", "2:3-18", "--hide", "0=Bertha")
    assert re.search(r"0:9-24 +EMAIL +suggested +ada@example\.org", listed.stdout), listed.stdout
    assert re.search(r"2:3-18 +EMAIL +rejected +bob@example\.org", listed.stdout)
    assert "3 taken" in run_synth(home, "redactions", match[1], "--write").stdout
    texts = [json.loads(line)["text"] for line in run_synth(home, "export", "documents").stdout.splitlines()]
    assert "Write to [EMAIL_1] about [NAME_1]" in texts
    assert "Or bob@example.org maybe" in texts
