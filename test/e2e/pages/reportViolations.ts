/** Tells the page what its policy forbade in this worker, and tries something forbidden when asked to. */
const channel = new BroadcastChannel('violations');

globalThis.addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, blockedURI } = event as SecurityPolicyViolationEvent;
  channel.postMessage(`worker: ${violatedDirective} ${blockedURI}`);
});

channel.onmessage = ({ data }) => {
  if (data !== 'try') return;
  try {
    new Function('return 1')();
  } catch {
    // What is told counts.
  }
};
