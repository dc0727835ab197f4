// The verifier key of a log that a person gave to this browser, got by another way than this
// service: a service cannot vouch for its own key.
//
// It lies in the browser's own storage and is sent to nobody. A browser that keeps nothing simply
// has none.

const nameOf = (origin) => `zegel.key.${origin}`;

// The key for a log as text; null without one.
export function pinnedKey(origin) {
  try {
    return localStorage.getItem(nameOf(origin));
  } catch {
    return null;
  }
}

// Keeps a key for a log; null forgets it. Returns whether the browser did.
export function pinKey(origin, key) {
  try {
    if (key === null) localStorage.removeItem(nameOf(origin));
    else localStorage.setItem(nameOf(origin), key);
    return true;
  } catch {
    return false;
  }
}
