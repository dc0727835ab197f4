"""Looking around an incident: what happened beside it, and how far it reached.

- `extent`: accounts, addresses, systems, subjects and the window that a question is about, and the
  records inside it;
- `timeline`: the steps of a breach together with the facts around them;
- `blast_radius`: what was within reach from a starting point, and which signals came first;
- `touches`: who touched the data of somebody, and why;
- `consents`: whether consent stood for one exchange;
- `recipients`: which recipients were no approved sub-processors at the time;
- `in_force`: what register, policy, specification and agreements said at a moment;
- `sources`: which sources were silent in a window, and which clocks were off.

Answers name the index of every record that they rest on; people are tokens unless asked for.
"""
