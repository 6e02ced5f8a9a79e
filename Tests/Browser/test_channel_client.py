"""The channel client alone, in a real browser, against a socket that the scenario answers by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import Visit
from hub import Hub

HERE = Path(__file__).parent
NOUNS = ("client", "hands", "life", "materials", "posts", "questions", "roles", "tail")
SCENARIOS = [(HERE / f"channel_{noun}.js").read_text(encoding="utf-8") for noun in NOUNS]
STAGE = (HERE / "channel_stage.js").read_text(encoding="utf-8")


def expression(source: str) -> str:
    """The file without the comment on top of it."""
    return re.sub(r"^//.*\n", "", source, flags=re.MULTILINE)


NAMES = re.findall(r'^  "(.+)": \{$', "\n".join(SCENARIOS), re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_channel_client(hub: Hub, visit: Visit, name: str) -> None:
    page = visit(hub, None, "/sign-in").page
    result, expected = page.evaluate(
        f"""async (name) => {{
          const scenarios = Object.assign({{}}, {", ".join(expression(text) for text in SCENARIOS)});
          const result = await ({expression(STAGE)})({{ name, scenarios }});
          return [result, scenarios[name].expected];
        }}""",
        name,
    )
    assert result == expected


def test_every_scenario_is_run() -> None:
    assert len(NAMES) == "".join(SCENARIOS).count("expected: ") > 0
