import type { Post } from './posts.js';

/** Why a post comes into view. */
export type Occasion = 'new' | 'scrolled back' | 'opened again';

export interface Arrival {
  readonly post: Post;
  readonly occasion: Occasion;
}

/** After so many new posts the reader scrolls back over the last few of them … */
const newBetweenScrolls = 9;
const scrolledBack = 4;
/** … and after so many, closes the feed and opens it again, and sees its top once more. */
const newBetweenVisits = 28;
const openedAgain = 6;

/** The posts in the order in which a reader comes to see them: each one new once, some of them again. */
export function makeTimeline(posts: readonly Post[]): readonly Arrival[] {
  const timeline: Arrival[] = [];
  const again = (occasion: Occasion, from: number, count: number) => {
    const seen = posts.slice(Math.max(0, from - count), from).reverse();
    timeline.push(...seen.map((post) => ({ post, occasion })));
  };
  posts.forEach((post, index) => {
    timeline.push({ post, occasion: 'new' });
    const seen = index + 1;
    if (seen % newBetweenScrolls === 0) again('scrolled back', seen - 1, scrolledBack);
    if (seen % newBetweenVisits === 0) again('opened again', seen, openedAgain);
  });
  return timeline;
}
