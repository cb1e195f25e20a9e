globalThis.postMessage({ predcache: 'ready', protocol: 99 });

export {};
