import { useCallback, useState } from 'react';

const key = 'predcache-demo.text';

/** The text in the box; it survives a reload, not the tab. */
export function useSessionText(): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState(read);
  const set = useCallback((next: string) => {
    setText(next);
    write(next);
  }, []);
  return [text, set];
}

// Browsers that refuse storage throw at the mere mention of it.
function read(): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function write(text: string): void {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // It is a convenience only.
  }
}
