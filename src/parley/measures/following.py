"""What follows a request: its reply, the papers on the way, its report, and answers that contest a report.

A request is a paper of a form that a quota counts. What follows stands behind it, each an answer to one before, by the
forms that the agreement names and by a party of that inspection. A direct answer of the party asked is its reply; one
that says no is a refusal with or without ground, as its form allows the reason. A report is a paper of the form that
the quota names, or of a measure of that kind. An answer to a report that says no contests it, and both stand. What
stands behind no request is shown as astray.

Pure. The result never depends on the order in which papers are given. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from parley.canonical import Time
from parley.crypto import Digest
from parley.errors import ParleyError, Refused
from parley.measures.agreement import Agreement
from parley.measures.content import Content
from parley.measures.form import Form
from parley.measures.papers import Filed, in_order

Stage = Literal["asked", "accepted", "refused", "refused_without_ground", "under_way", "reported", "contested"]
"""How far an inspection is; refused without ground is a refusal for a reason that its form does not allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """That a paper says no, for which reason, and whether its form allows that reason."""

    reason: str | None
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A paper in its place behind a request; `form` is None for a word that is no paper under the agreement."""

    by: str
    form: str | None
    paper: Digest
    reference: str
    entry: int
    declined: Declined | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report on an inspection, and the papers that contest it: all stand."""

    step: Step
    contested: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One request to one party and what followed, in log order; `day` is that of its entry, in UTC.

    The first reply is the answer; later ones are shown beside it. `steps` are the papers that are neither reply nor
    report, such as those of arrival.
    """

    asking: str
    asked: str
    form: str
    request: Digest
    reference: str
    entry: int
    day: date
    replies: tuple[Step, ...]
    steps: tuple[Step, ...]
    reports: tuple[Report, ...]
    replaces: Digest | None = None
    """The earlier request of its author whose place it takes."""

    @property
    def went_on(self) -> Step | None:
        """The first paper by which it went on all the same after it was refused: a later yes, a step, a report."""
        if not self.replies or self.replies[0].declined is None:
            return None
        after = [*self.replies[1:], *self.steps, *(report.step for report in self.reports)]
        later = [each for each in after if each.declined is None and each.entry > self.replies[0].entry]
        return min(later, key=lambda each: each.entry, default=None)

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.reports:
            return "contested" if any(report.contested for report in self.reports) else "reported"
        no = self.replies[0].declined if self.replies else None
        if no is not None and self.went_on is None:
            return "refused" if no.allowed else "refused_without_ground"
        if self.steps:
            return "under_way"
        return "accepted" if self.replies else "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Astray:
    """A paper that should stand behind a request and stands behind none: shown, with its reason, and not counted."""

    by: str
    paper: Digest
    reference: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A party's word against a paper that is no paper under the agreement itself: who says so, of which, where."""

    by: str
    of: Digest
    paper: Digest
    reference: str
    entry: int


def declined(form: Form, content: Content) -> Declined | None:
    """Whether a paper of this form says no; None where it does not. A form that asks no reason allows every refusal."""
    rule = form.refusal
    if rule is None or content.items.get(rule.item) != rule.choice:
        return None
    reason = content.items.get(rule.reason) if rule.reason else None
    return Declined(reason=None if reason is None else str(reason), allowed=not rule.reason or reason in rule.allowed)


def follow(
    agreement: Agreement, papers: Iterable[Filed], objections: Iterable[Objection] = ()
) -> tuple[tuple[Inspection, ...], tuple[Astray, ...]]:
    """Every request to every party asked, with what follows it, and the papers astray; both in log order.

    A report is contested by papers under the agreement, and by `objections` of others than its author.
    """
    threads = _Threads(agreement, papers)
    threads.contest(objections)
    return tuple(thread.closed() for thread in threads.all), tuple(threads.astray)


def check_answer(
    agreement: Agreement, papers: Iterable[Filed], *, by: str, answers: Digest | None, content: Content
) -> None:
    """Whether a party may answer so, before it signs.

    Verifies that what follows a request answers a paper that its form follows, by a party of that inspection, and that
    a refusal gives a reason that its form allows; of any other form nothing.
    Raises: Refused("inspection.follows"), Refused("inspection.not-asked"), Refused("inspection.reason").
    """
    form = agreement.form(content.form)
    threads = _Threads(agreement, papers)
    if form is None or form.id not in threads.following or not threads.behind(form, by, answers):
        return
    no = declined(form, content)
    if no is not None and not no.allowed and form.refusal is not None:
        raise Refused("inspection.reason", reason=no.reason or "", allowed=", ".join(form.refusal.allowed))


# --- paper by paper -----------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Reported:
    form: str
    step: Step
    contested: set[Step] = field(default_factory=set)

    def closed(self) -> Report:
        return Report(step=self.step, contested=tuple(sorted(self.contested, key=lambda no: (no.entry, no.paper))))


@dataclass(slots=True, kw_only=True, eq=False)
class _Thread:
    """What stands behind one request to one party, as it grows."""

    request: Filed
    asked: str
    replies: list[Step] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    reports: list[_Reported] = field(default_factory=list)

    def closed(self) -> Inspection:
        request = self.request
        return Inspection(
            asking=request.sender,
            asked=self.asked,
            form=request.content.form,
            request=request.digest,
            reference=request.reference,
            entry=request.entry,
            day=day_of(request.made),
            replies=tuple(self.replies),
            steps=tuple(self.steps),
            reports=tuple(each.closed() for each in self.reports),
            replaces=request.replaces,
        )


class _Threads:
    """All requests of an agreement with what follows them."""

    def __init__(self, agreement: Agreement, papers: Iterable[Filed]) -> None:
        self.all: list[_Thread] = []
        self.astray: list[Astray] = []
        self._requests = {quota.form for quota in agreement.quotas}
        self.following = _following(agreement, self._requests)
        self._reports = {quota.report for quota in agreement.quotas} | {
            measure.form for measure in agreement.measures if measure.kind == "report"
        }
        self._forms: dict[Digest, str] = {}
        self._at: dict[Digest, list[_Thread]] = {}
        self._reported: dict[Digest, _Reported] = {}
        for paper in in_order(papers, agreement=agreement.id):
            form = agreement.form(paper.content.form)
            if form is not None:
                self._forms[paper.digest] = form.id
                self._take(paper, form)

    def behind(self, form: Form, by: str, answers: Digest | None) -> list[_Thread]:
        """The threads in which such a paper has its place; none where it answers something else, or speaks of a report.

        Raises: Refused where it should stand in one and does not.
        """
        name = self._forms.get(answers, "") if answers else ""
        ours = name in self._requests | self.following
        if answers is None or name not in form.follows or (ours and answers not in self._at):
            raise Refused("inspection.follows", form=form.id, follows=", ".join(form.follows))
        if not ours:
            return []
        # Only the party asked may say no to a request, whoever else may answer it.
        refuses = form.refusal is not None and name in self._requests
        found = [each for each in self._at[answers] if by == each.asked or (by == each.request.sender and not refuses)]
        if not found and name not in self._reports:
            raise Refused("inspection.not-asked", party=by)
        return found

    def contest(self, objections: Iterable[Objection]) -> None:
        """Put every objection to a report beside it, its author's own aside."""
        for each in objections:
            about = self._reported.get(each.of)
            if about is not None and about.step.by != each.by:
                step = Step(
                    by=each.by, form=None, paper=each.paper, reference=each.reference, entry=each.entry, declined=None
                )
                about.contested.add(step)

    def _take(self, paper: Filed, form: Form) -> None:
        step = Step(
            by=paper.sender,
            form=form.id,
            paper=paper.digest,
            reference=paper.reference,
            entry=paper.entry,
            declined=declined(form, paper.content),
        )
        about = self._reported.get(paper.answers) if paper.answers else None
        if form.id in self._requests:
            self._at[paper.digest] = [_Thread(request=paper, asked=party) for party in asked_by(paper)]
            self.all.extend(self._at[paper.digest])
        elif about is not None and step.declined and step.by != about.step.by and about.form in form.follows:
            about.contested.add(step)
        elif form.id in self.following:
            self._follow(paper, form, step)

    def _follow(self, paper: Filed, form: Form, step: Step) -> None:
        try:
            threads = self.behind(form, paper.sender, paper.answers)
        except ParleyError as error:
            self.astray.append(Astray(by=step.by, paper=step.paper, reference=step.reference, code=error.code))
            return
        self._at[paper.digest] = threads
        report = _Reported(form=form.id, step=step) if form.id in self._reports else None
        if report is not None:
            self._reported[paper.digest] = report
        for thread in threads:
            if report is not None:
                thread.reports.append(report)
            elif paper.answers == thread.request.digest and step.by == thread.asked:
                thread.replies.append(step)
            else:
                thread.steps.append(step)


def _following(agreement: Agreement, requests: set[str]) -> set[str]:
    """The forms that follow a request, at once or by way of other forms."""
    found = set(requests)
    while more := {form.id for form in agreement.forms if found & set(form.follows)} - found:
        found |= more
    return found - requests


def asked_by(request: Filed) -> tuple[str, ...]:
    """The parties that a request asks; its sender is never one of them."""
    return tuple(dict.fromkeys(party for party in request.to if party != request.sender))


def day_of(time: Time) -> date:
    """The day of an instant, in UTC."""
    return date.fromisoformat(time.to_text()[:10])
