import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, vi } from 'vitest';

const mounted: Root[] = [];
const reactScope = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };

/** Puts an element into the page; it goes away after the test. */
export async function mount(element: ReactNode): Promise<void> {
  reactScope.IS_REACT_ACT_ENVIRONMENT = true;
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  mounted.push(root);
  await act(async () => root.render(element));
}

afterEach(async () => {
  await act(async () => {
    for (const root of mounted.splice(0)) root.unmount();
  });
  document.body.replaceChildren();
});

/** Waits until the assertion holds. What happens meanwhile happens by itself, as in a browser, outside any `act`. */
export async function eventually(assertion: () => void): Promise<void> {
  reactScope.IS_REACT_ACT_ENVIRONMENT = false;
  try {
    await vi.waitFor(assertion);
  } finally {
    reactScope.IS_REACT_ACT_ENVIRONMENT = true;
  }
}

export function find(testId: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
  if (element === null) throw new Error(`There is no ${testId}`);
  return element;
}

export function textsOf(testId: string): (string | null)[] {
  return [...document.querySelectorAll(`[data-testid="${testId}"]`)].map((element) => element.textContent);
}

export async function click(element: Element): Promise<void> {
  await act(async () => (element as HTMLElement).click());
}

/** As typing does: React hears only of changes that come in through the native setter. */
export async function enter(element: Element, value: string): Promise<void> {
  const isSelect = element instanceof HTMLSelectElement;
  const prototype = isSelect ? HTMLSelectElement.prototype : HTMLTextAreaElement.prototype;
  await act(async () => {
    Object.getOwnPropertyDescriptor(prototype, 'value')!.set!.call(element, value);
    element.dispatchEvent(new Event(isSelect ? 'change' : 'input', { bubbles: true }));
  });
}
