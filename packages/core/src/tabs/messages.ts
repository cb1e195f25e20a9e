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
  /** Not looked at here. */
  readonly value: unknown;
}

export function writeAnswer({ key, begunAt, value }: Answer): unknown {
  return { version, key, begunAt, value };
}

/** `undefined` for what is not an answer of this version. */
export function readAnswer(message: unknown): Answer | undefined {
  const fields = ofThisVersion(message);
  if (fields === undefined) return undefined;
  const { key, begunAt, value } = fields;
  if (typeof key !== 'string' || typeof begunAt !== 'number' || value === undefined) return undefined;
  return { key, begunAt, value };
}

/** A mark is for the one that sent it. */
export function writeMark(mark: string): unknown {
  return { version, mark };
}

export function readMark(message: unknown): string | undefined {
  const mark = ofThisVersion(message)?.mark;
  return typeof mark === 'string' ? mark : undefined;
}

/** A function cannot be sent: of a `where`, the other tabs hear that the whole model is invalidated. */
export function writeInvalidation(selector: Selector): unknown {
  return { version, selector: 'where' in selector ? { model: selector.model } : selector };
}

/** `undefined` for what is not an invalidation of this version. What narrows a model down in an unknown way does not. */
export function readInvalidation(message: unknown): Selector | undefined {
  const selector = ofThisVersion(message)?.selector;
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
