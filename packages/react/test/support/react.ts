import { cleanup } from '@testing-library/react';
import { afterEach, beforeAll, expect, type MockInstance, vi } from 'vitest';

/** Cleans up after each test, and fails it when React had something to complain about. */
export function setUpReact(): void {
  let complaints: MockInstance<typeof console.error>;
  beforeAll(() => {
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
    complaints = vi.spyOn(console, 'error');
  });
  afterEach(() => {
    cleanup();
    expect(complaints.mock.calls).toEqual([]);
    complaints.mockClear();
  });
}
