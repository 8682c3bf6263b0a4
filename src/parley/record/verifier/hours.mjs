// The hours that stand beside UTC on a page. Which hour it is in a capital, tables of zones say, and the program that wrote
// a page may have had newer or older ones, or none: so another hour need not be another page. What counts is UTC.

import { Clocks, cityOf, isZone, readsAsUtc, wall } from "./clocks.mjs";

const MINUTE = 60_000;
const QUARTER = 15;
const [WEST, EAST] = [-12 * 60, 14 * 60]; // how far clocks are from UTC
const RULES = [-60, -30, 30, 60]; // by how many minutes governments move their clocks
const SETTLED = [0, Date.UTC(2038, 0)]; // between these instants programs agree on what a table says

/** Clocks that leave the hours beside UTC blank: a mark instead of each, and in `left` what would have stood there. */
export class Blanks extends Clocks {
  constructor(words, mark) {
    super(words);
    this.mark = mark;
    this.left = [];
  }

  /** Splits a page at its marks; the number of the blank comes along. */
  get pattern() {
    return new RegExp(` · ${this.mark}-([0-9]+)\\.`);
  }

  beside(time, seconds) {
    this.left.push({ time, seconds });
    return ` · ${this.mark}-${this.left.length - 1}.`;
  }
}

/** The zones of each city that a page could name, longer names first: one may be called like the beginning of another. */
export function citiesOf(words, zones) {
  const found = new Map();
  for (const zone of zones.filter((each) => !readsAsUtc(each))) {
    const city = cityOf(words, zone);
    if (!found.has(city)) found.set(city, zone);
  }
  return new Map([...found].sort(([one], [other]) => other.length - one.length));
}

/** The hours at a place of a page: `cities` with minutes from UTC, as many as are this instant in cities that may stand there. */
export function readHours(text, at, { time, seconds, words, cities, escaped }) {
  const found = new Map();
  let end = at;
  for (;;) {
    const read = readHour(text, end, { time, seconds, words, escaped });
    const city = read && [...cities.keys()].find((name) => text.startsWith(` ${escaped(name)}`, read.end));
    if (!read || city === undefined || found.has(city)) return { time, end, cities: found };
    found.set(city, read.offset);
    end = read.end + 1 + escaped(city).length;
  }
}

/** One hour at a place of a page, where it is that instant on a clock that is whole quarters of an hour from UTC. */
function readHour(text, at, { time, seconds, words, escaped }) {
  const utc = wall(time, "UTC");
  for (const days of [0, 1, -1]) {
    const weekday = words.lines("clock.weekdays")[(utc.weekday + days + 7) % 7];
    const form = days === 0 ? "00:00" : escaped(words.say("clock.day-change", { weekday, time: "00:00" }));
    const [before, after] = ` · ${form}`.split("00:00");
    const clock = /([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?/y;
    clock.lastIndex = at + before.length;
    const read = text.startsWith(before, at) ? clock.exec(text) : null;
    if (read === null || !text.startsWith(after, clock.lastIndex)) continue;
    const [hours, minutes, second] = read.slice(1).map((part) => (part === undefined ? null : Number(part)));
    const offset = days * 1440 + (hours - utc.clock[0]) * 60 + minutes - utc.clock[1];
    const same = second === (seconds ? utc.clock[2] : null) && hours < 24 && minutes < 60;
    if (same && offset % QUARTER === 0 && offset >= WEST && offset <= EAST) return { offset, end: clock.lastIndex + after.length };
  }
  return null;
}

/**
 * Whether the hours of a page may all be right by other tables of zones. Each city stands beside every time or beside none,
 * and one instant has one hour there. Of a zone that is not in our tables nothing more is known. One that is may be another
 * hour only as far as governments move their clocks, by so much each time, and from some instant on: tables differ in rules
 * that are newer than one of them.
 */
export function explained(found, cities) {
  const shown = [...found[0].cities.keys()];
  if (found.some((read) => [...read.cities.keys()].join("\n") !== shown.join("\n"))) return false;
  return shown.every((city) => {
    const offsets = new Map();
    for (const read of found) {
      const offset = read.cities.get(city);
      if ((offsets.get(read.time) ?? offset) !== offset) return false;
      offsets.set(read.time, offset);
    }
    const zone = cities.get(city);
    return !isZone(zone) || mayBeNewer(zone, offsets);
  });
}

function mayBeNewer(zone, offsets) {
  const settled = [...offsets].filter(([time]) => time >= SETTLED[0] && time < SETTLED[1]).sort(([one], [other]) => one - other);
  const ours = (time) => Math.round((wall(time, zone).milliseconds - time) / MINUTE);
  const moved = settled.map(([time, offset]) => offset - ours(time));
  const first = moved.findIndex((minutes) => minutes !== 0);
  if (first < 0) return true;
  return RULES.includes(moved[first]) && moved.slice(first).every((minutes) => minutes === moved[first]);
}
