interface NavigatorScope {
  readonly navigator?: { readonly connection?: { readonly saveData?: boolean } };
}

/** Whether the user has asked pages to use little data (Network Information API; browsers without it say no). */
export function savesData(): boolean {
  return (globalThis as NavigatorScope).navigator?.connection?.saveData === true;
}
