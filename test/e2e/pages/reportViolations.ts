/** What the policy forbade in this worker, told to the page. */
const channel = new BroadcastChannel('violations');

globalThis.addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, blockedURI } = event as SecurityPolicyViolationEvent;
  channel.postMessage(`worker: ${violatedDirective} ${blockedURI}`);
});
