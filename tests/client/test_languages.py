"""Documents in many scripts are handed over, opened and verified equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.policy import Trust
from parley.verdict import Result, verify
from tests.client.places import Office, draft_file, two

TEXTS = {
    "fa": "# پیش‌نویس\n\n## ماده ۱\n\nطرف‌ها می‌خواهند گفت‌وگو کنند.\n\n## ماده ۲\n\nهیچ‌یک پیش از دیگری نمی‌رود.\n",
    "hi": "# मसौदा\n\n## अनुच्छेद १\n\nक्‍षमा और शक्‍ति पर दोनों पक्ष सहमत हैं।\n\n## अनुच्छेद २\n\nकोई आगे नहीं बढ़ेगा।\n",
    "ar": "# مشروع\n\n## المادة ١\n\nيتعهد الطرفان بالتشاور.\n\n## المادة ٢\n\nلا شيء غير ذلك.\n",
    "he": "# טיוטה\n\n## סעיף 1\n\nהצדדים יתייעצו זה עם זה.\n\n## סעיף 2\n\nאין דבר מלבד זאת.\n",
    "ru": "# Проект\n\n## Статья 1\n\nСтороны консультируются.\n\n## Статья 2\n\nИного не предусмотрено.\n",
    "zh": "# 草案\n\n## 第一条\n\n双方应当协商。\n\n## 第二条\n\n别无其他规定。\n",
}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_handed_over_opened_and_verified_equal(office: Office, tmp_path: Path, language: str) -> None:
    ru, us = two(office, tmp_path)
    draft = us.prepare(
        draft_file(tmp_path, TEXTS[language]), to=["ru"], role="proposal", terms="essence", language=language
    )
    assert draft.provisions == 2
    us.send(draft)
    (waiting,) = ru.inbox().for_us
    assert waiting.language == language
    assert waiting.cover is not None
    assert f"# {waiting.cover.subject}\n" in TEXTS[language]
    assert ru.receive("US-1", terms="accepted").matches
    document = ru.read("US-1").document
    assert document == us.read("US-1").document
    for provision in document.provisions:
        assert provision.words in TEXTS[language]
        assert provision.language == language
    (tmp_path / "out").mkdir()
    (path,) = ru.extract("US-1", tmp_path / "out")
    assert all(provision.words in path.read_text("utf-8") for provision in document.provisions)
    us.sync()
    assert verify(us.evidence("US-1"), Trust.parse(us.trust_file())).result is Result.PROVEN
