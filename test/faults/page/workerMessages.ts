import type { Message, Progress, Settings } from './messages.js';

export type ToWorker =
  | { readonly type: 'start'; readonly settings: Settings }
  | { readonly type: 'granted'; readonly from: number }
  | { readonly type: 'end' };

export type FromWorker =
  | Message
  | { readonly type: 'grant' }
  | { readonly type: 'ended'; readonly progress: Progress };
