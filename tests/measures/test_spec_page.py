"""The examples of spec/measures.md are what the program reads and prints."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from parley import canonical
from parley.measures.agreement_file import read_agreement
from parley.measures.content import read_content
from parley.measures.message import parse_message, print_message
from parley.measures.step_file import Stated
from parley.measures.thresholds import answers

PAGE = (Path(__file__).parents[2] / "spec" / "measures.md").read_text("utf-8")
BLOCKS = re.findall(r"```(toml|json|)\n(.*?)```", PAGE, re.DOTALL)
AGREEMENT, NOTICE = (text for language, text in BLOCKS if language == "toml")
(MESSAGE,) = (text for language, text in BLOCKS if language == "")
(STATED,) = (text for language, text in BLOCKS if language == "json")


def test_the_agreement_holds_together_and_the_notice_is_one_under_it() -> None:
    agreement = read_agreement(AGREEMENT.encode())
    content = read_content(NOTICE.encode(), agreement)
    assert content.items == {"troops": 12_700, "start": date(2017, 9, 14)}
    (answer,) = answers(agreement, content)
    assert answer.reached


def test_the_message_is_that_notice() -> None:
    agreement = read_agreement(AGREEMENT.encode())
    message = parse_message(MESSAGE, agreement)
    assert message.content == read_content(NOTICE.encode(), agreement)
    assert print_message(message, agreement, "en") == MESSAGE


def test_the_statement_is_one() -> None:
    text = STATED.strip().replace("…64 digits…", "0" * 64)
    stated = canonical.decode(text.encode(), Stated)
    assert (stated.kind, stated.measures, stated.towards) == ("suspension", ("prior-notice",), ("us",))
    assert canonical.encode(stated) == text.encode()
