// Times as people in two capitals read them: UTC first, then each capital's own clock, the weekday always. What counts is UTC.

import { shown } from "./wording.mjs";

/** UTC, and as a courtesy the clocks of the parties' capitals, by the zones that their enrolments name. */
export class Clocks {
  constructor(words, zones = []) {
    this.words = words;
    this.zones = new Map();
    for (const zone of zones) {
      if (readsAsUtc(zone) || !isZone(zone)) continue;
      const city = cityOf(words, zone);
      if (!this.zones.has(city)) this.zones.set(city, zone);
    }
  }

  /** Wed 26 Jan 2022 17:16 UTC · 20:16 Moscow */
  instant(time, seconds = false) {
    return `${this.day(time)} ${this.hours(time, seconds)}`;
  }

  /** Wed 26 Jan 2022 */
  day(time) {
    const { weekday, day, month, year } = wall(time, "UTC");
    const names = { weekday: this.words.lines("clock.weekdays")[weekday], month: this.words.lines("clock.months")[month - 1] };
    return this.words.say("clock.date", { ...names, day, year });
  }

  /** 17:16 UTC · 20:16 Moscow */
  hours(time, seconds = false) {
    return `${hour(wall(time, "UTC"), seconds)} ${this.words.say("clock.utc")}${this.beside(time, seconds)}`;
  }

  /** What stands beside UTC: each capital's hour, with the weekday where it is another. */
  beside(time, seconds) {
    const utc = wall(time, "UTC");
    const found = Array.from(this.zones, ([city, zone]) => {
      const local = wall(time, zone);
      const at = hour(local, seconds);
      if (local.date === utc.date) return ` · ${at} ${city}`;
      const weekday = this.words.lines("clock.weekdays")[local.weekday];
      return ` · ${this.words.say("clock.day-change", { weekday, time: at })} ${city}`;
    });
    return found.join("");
  }
}

/** Whether a zone is no clock of its own, because it is UTC by name. */
export function readsAsUtc(zone) {
  return zone === "UTC" || zone === "Etc/UTC";
}

/** The city that stands for a zone: its capital where the zone is named after another place. */
export function cityOf(words, zone) {
  return words.has(`cities.${zone}`) ? words.say(`cities.${zone}`) : shown(zone.split("/").at(-1).replaceAll("_", " "));
}

/** Whether this machine's tables have a zone. */
export function isZone(zone) {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

const DAY = 86_400_000;
const [FIRST, LAST] = [new Date(0).setUTCFullYear(1, 0, 1), Date.UTC(10_000, 0)];
const formats = new Map();

function formatOf(zone) {
  if (!formats.has(zone)) {
    const names = { year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
    formats.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", calendar: "gregory", ...names }));
  }
  return formats.get(zone);
}

/**
 * What a clock on the wall of a zone shows; `milliseconds` as if it were UTC, `date` those of its midnight. Monday is 0. Where
 * that lies outside the years 1 to 9999, it shows what UTC shows.
 */
export function wall(time, zone) {
  let milliseconds = time;
  if (zone !== "UTC") {
    const parts = formatOf(zone).formatToParts(new Date(time));
    const found = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
    const whole = new Date(0);
    whole.setUTCFullYear(found.year, found.month - 1, found.day);
    const local = whole.getTime() + ((found.hour * 60 + found.minute) * 60 + found.second) * 1000;
    const counted = local >= FIRST && local < LAST && Math.abs(local - time) < 2 * DAY; // no sign tells 1 BC from 1
    milliseconds = counted ? local : time;
  }
  const at = new Date(milliseconds);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
  const clock = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  return { milliseconds, year, month, day, clock, date: at.setUTCHours(0, 0, 0, 0), weekday: (at.getUTCDay() + 6) % 7 };
}

function hour({ clock }, seconds) {
  return clock.slice(0, seconds ? 3 : 2).map((part) => String(part).padStart(2, "0")).join(":");
}
