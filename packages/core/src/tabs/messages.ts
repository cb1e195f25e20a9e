import type { Selector } from '../tiers/selector.js';

/**
 * Tabs may run different versions of an app, and of this package, at the same time. To be counted up with every change
 * of the messages, or of what they carry, that a tab of the version before would take wrongly.
 */
const version = 1;

/** What a tab has computed. */
export interface Answer {
  readonly key: string;
  /** When computing it began, in ms since the epoch: the one clock that tabs have in common. */
  readonly begunAt: number;
  /** Until when the tab that computed it knows what was invalidated: nothing was between the two. */
  readonly knownAt: number;
  /** Not looked at here. */
  readonly value: unknown;
}

export function writeAnswer({ key, begunAt, knownAt, value }: Answer): unknown {
  return { version, key, begunAt, knownAt, value };
}

/** `undefined` for what is not an answer of this version. */
export function readAnswer(message: unknown): Answer | undefined {
  const fields = ofThisVersion(message);
  if (fields === undefined) return undefined;
  const { key, begunAt, knownAt, value } = fields;
  if (typeof key !== 'string' || value === undefined) return undefined;
  if (typeof begunAt !== 'number' || typeof knownAt !== 'number') return undefined;
  return { key, begunAt, knownAt, value };
}

/** A mark is for the one that sent it. */
export function writeMark(mark: string): unknown {
  return { version, mark };
}

export function readMark(message: unknown): string | undefined {
  const mark = ofThisVersion(message)?.mark;
  return typeof mark === 'string' ? mark : undefined;
}

/** A tab comes, says that it is there to one that has come, or goes. */
export interface Presence {
  readonly tab: string;
  readonly is: 'come' | 'here' | 'gone';
}

export function writePresence({ tab, is }: Presence): unknown {
  return { version, tab, is };
}

/** `undefined` for what does not say so in this version. */
export function readPresence(message: unknown): Presence | undefined {
  const { tab, is } = ofThisVersion(message) ?? {};
  return typeof tab === 'string' && (is === 'come' || is === 'here' || is === 'gone')
    ? { tab, is }
    : undefined;
}

export interface Invalidation {
  /** Which tab tells it. */
  readonly tab: string;
  readonly selector: Selector;
}

/** A function cannot be sent: of a `where`, the other tabs hear that the whole model is invalidated. */
export function writeInvalidation({ tab, selector }: Invalidation): unknown {
  return { version, tab, selector: 'where' in selector ? { model: selector.model } : selector };
}

/** `undefined` for what is not an invalidation of this version. What narrows a model down in an unknown way does not. */
export function readInvalidation(message: unknown): Invalidation | undefined {
  const fields = ofThisVersion(message);
  const selector = readSelector(fields?.selector);
  if (typeof fields?.tab !== 'string' || selector === undefined) return undefined;
  return { tab: fields.tab, selector };
}

function readSelector(selector: unknown): Selector | undefined {
  if (!isRecord(selector)) return undefined;
  const { all, keys, model, tags, createdBefore } = selector;
  if (all === true) return { all };
  if (isStrings(keys)) return { keys };
  if (typeof model !== 'string') return undefined;
  if (Object.keys(selector).length === 2) {
    if (isStrings(tags)) return { model, tags };
    if (typeof createdBefore === 'number') return { model, createdBefore };
  }
  return { model };
}

function ofThisVersion(message: unknown): Record<string, unknown> | undefined {
  return isRecord(message) && message.version === version ? message : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
