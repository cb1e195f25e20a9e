/** The locks and channels of tabs that share, by what `sharingName` gives. */
export function namesOf(sharing: string) {
  return {
    /** The lock of the leader. */
    lead: `${sharing} lead`,
    /** Where all tabs ask who leads, and hear it. */
    square: `${sharing} square`,
    /** The lock of a tab that is there. */
    tab: (tab: string) => `${sharing} tab ${tab}`,
    /** Between a leader and one other tab: nobody else is sent what is said there, however large. */
    line: (leader: string, tab: string) => `${sharing} line ${leader} ${tab}`,
  };
}

export type Names = ReturnType<typeof namesOf>;
