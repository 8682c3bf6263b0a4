"""Agreements for tests: a small one with an item of every type, and pieces of text to put others together from."""

from __future__ import annotations

from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.form import Form

SMALL = """\
version = 1
id = "small"
languages = ["en", "ru"]
name = { en = "A small agreement", ru = "Малое соглашение" }

[[sources]]
id = "here"
title = "Invented for tests"

[[provisions]]
id = "art. 1"
title = { en = "Exercises", ru = "Учения" }
text = { en = "Each side tells the other of large exercises.", ru = "Каждая сторона сообщает о крупных учениях." }

[[provisions]]
id = "art. 2"
title = { en = "Replies", ru = "Ответы" }

[[forms]]
id = "exercise"
title = { en = "Notification of an exercise", ru = "Уведомление об учении" }
provision = "art. 1"
precedence = "priority"

[[forms.items]]
id = "designation"
number = "1"
title = { en = "Name: as it is called", ru = "Название" }
type = "text"
provision = "art. 1"

[[forms.items]]
id = "troops"
number = "2.A"
title = { en = "Troops", ru = "Личный состав" }
unit = { en = "persons", ru = "человек" }
type = "count"
provision = "art. 1"
at_most = 500000
figures = { mark = "seen", source = "here" }

[[forms.items]]
id = "start"
number = "3"
title = { en = "First day", ru = "Первый день" }
type = "date"
provision = "art. 1"

[[forms.items]]
id = "alert"
number = "4"
title = { en = "Without earlier notice to the troops", ru = "Без предупреждения войск" }
type = "yes_no"
provision = "art. 1"
required = false

[[forms.items]]
id = "area"
number = "5"
title = { en = "Area", ru = "Район" }
type = "choice"
provision = "art. 1"
required = false
choices = [
  { id = "north", title = { en = "North", ru = "Север" } },
  { id = "south", title = { en = "South", ru = "Юг" } },
]

[[forms.items]]
id = "briefing"
number = "6"
title = { en = "Briefing", ru = "Брифинг" }
type = "time"
provision = "art. 1"
required = false

[[forms]]
id = "question"
title = { en = "Question", ru = "Вопрос" }
provision = "art. 2"
role = "question"
follows = ["exercise"]

[[forms.items]]
id = "text"
number = "1"
title = { en = "Question", ru = "Вопрос" }
type = "text"
provision = "art. 2"

[[thresholds]]
id = "notifiable"
title = { en = "notifiable", ru = "подлежит уведомлению" }
provision = "art. 1"
form = "exercise"
any = [{ item = "troops", at_least = 9000, mark = "seen", source = "here" }]

[[measures]]
id = "prior-notice"
kind = "notification"
title = { en = "Prior notification", ru = "Предварительное уведомление" }
provision = "art. 1"
party = "sender"
form = "exercise"
trigger = { form = "exercise", threshold = "notifiable" }
due = { before = { days = 42 }, of = "start", mark = "to_be_checked", source = "here" }
"""


def small() -> Agreement:
    return read_agreement(SMALL.encode())


def form(name: str = "exercise") -> Form:
    found = small().form(name)
    assert found is not None
    return found


# --- pieces of others ---------------------------------------------------------------------------------------------

MARK = 'mark = "seen", source = "here"'


def head(name: str, title: str, *provisions: str, more: str = "", source: str = "Invented for tests") -> str:
    """The beginning of an agreement in English with one source, `here`; `provisions` as `ch. 1: Restraints`."""
    places = [
        f'\n[[provisions]]\nid = "{place}"\ntitle = {{ en = "{words}" }}\n'
        for place, _, words in (each.partition(": ") for each in provisions)
    ]
    return (
        f'version = 1\nid = "{name}"\nlanguages = ["en"]\nname = {{ en = "{title}" }}\n{more}\n'
        f'[[sources]]\nid = "here"\ntitle = "{source}"\n{"".join(places)}'
    )


def a_form(name: str, provision: str, *items: str, more: str = "") -> str:
    """A form with its items; `more` are further members of it."""
    return (
        f'\n[[forms]]\nid = "{name}"\ntitle = {{ en = "{name}" }}\nprovision = "{provision}"\n{more}\n{"".join(items)}'
    )


def an_item(
    name: str, number: int, type_: str, provision: str, *choices: str, required: bool = True, more: str = ""
) -> str:
    """An item of the form before it."""
    listed = ", ".join(f'{{ id = "{each}", title = {{ en = "{each}" }} }}' for each in choices)
    lines = [
        "[[forms.items]]", f'id = "{name}"', f'number = "{number}"', f'title = {{ en = "{name}" }}',
        f'type = "{type_}"', f'provision = "{provision}"', f"required = {str(required).lower()}",
        *([f"choices = [{listed}]"] if choices else ()), more,
    ]  # fmt: skip
    return "\n" + "\n".join(lines) + "\n"


def an_entry(table: str, name: str, provision: str, *lines: str) -> str:
    """A table of a list of rules: a limit, a quota, a threshold."""
    return "\n".join(
        ["", f"[[{table}]]", f'id = "{name}"', f'title = {{ en = "{name}" }}', f'provision = "{provision}"', *lines, ""]
    )
