"""A small agreement, with an item of every type, for tests of forms and messages."""

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
