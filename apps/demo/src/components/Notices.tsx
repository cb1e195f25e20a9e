import './Notices.css';
import type { Notice } from '../notices/notices.js';

/** Always there, so that a screen reader hears what comes into it. */
export function Notices({ notices }: { notices: readonly Notice[] }) {
  return (
    <div className="notices" role="status" data-testid="notice">
      {notices.map(({ id, text }) => (
        <p key={id} data-notice={id}>
          {text}
        </p>
      ))}
    </div>
  );
}
