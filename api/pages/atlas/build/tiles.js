// The tile grid: every State has one tile. Centroids are spread out until each
// has the room of a tile, the continents held apart; then they are assigned to the
// cells at the least total squared distance; then exchanges that bring neighbours
// together, without moving anything far, are carried out until none is left.
import {assign} from './assign.js';
import {continents, ofGroup, shift, wished} from './places.js';

const columns = 28, rows = 17;

export function tiles(catalogue, map, fine) {
  const places = start(catalogue, map);
  const near = borders(places, fine);
  spread(places, near);
  settle(places);
  improve(places, near);
  const top = Math.min(...places.map((p) => p.row)), left = Math.min(...places.map((p) => p.column));
  const list = places.map((p) => ({id: p.id, column: p.column - left, row: p.row - top}));
  return {
    columns: Math.max(...list.map((p) => p.column)) + 1,
    rows: Math.max(...list.map((p) => p.row)) + 1,
    tiles: list,
  };
}

function start(catalogue, map) {
  const scale = (columns - 2) / map.width;
  return map.shapes.map((s) => {
    const continent = continents[s.id] ?? ofGroup[catalogue.group[s.id]] ?? 'oceania';
    const [dx, dy] = shift[continent];
    const [x, y] = wished[s.id] ?? [1 + s.x * scale + dx, 2 + s.y * scale + dy];
    return {id: s.id, continent, x, y, fixed: s.id in wished};
  });
}

function borders(places, fine) {
  const index = new Map(places.map((p, i) => [p.id, i]));
  return places.map((p) => {
    const c = fine.find((c) => c.id === p.id);
    return (c?.near ?? []).map((n) => index.get(fine[n].id)).filter((i) => i !== undefined);
  });
}

// A State wants to be 1 from the next of its continent and 2 from other
// continents, not to leave its place, and to keep its neighbours near.
function spread(places, near) {
  for (const p of places) { p.x0 = p.x; p.y0 = p.y; }
  for (let step = 0; step < 600; step++) {
    const pull = 0.02;
    for (const [i, a] of places.entries()) {
      for (let j = i + 1; j < places.length; j++) repel(a, places[j], near[i].includes(j));
      for (const j of near[i]) attract(a, places[j]);
    }
    for (const p of places) {
      if (p.fixed) { p.x = p.x0; p.y = p.y0; continue; }
      p.x += (p.x0 - p.x) * pull;
      p.y += (p.y0 - p.y) * pull;
      p.x = Math.min(Math.max(p.x, 0), columns - 1);
      p.y = Math.min(Math.max(p.y, 0), rows - 1);
    }
  }
}

function repel(a, b, adjoining) {
  const room = a.continent === b.continent || adjoining ? 1.05 : 1.9;
  let dx = b.x - a.x, dy = b.y - a.y;
  const d = Math.hypot(dx, dy) || 0.01;
  if (d >= room) return;
  const push = (room - d) / d / 4;
  a.x -= dx * push; a.y -= dy * push;
  b.x += dx * push; b.y += dy * push;
}

function attract(a, b) {
  const dx = b.x - a.x, dy = b.y - a.y, d = Math.hypot(dx, dy);
  if (d < 1.2) return;
  const pull = (d - 1.2) / d / 60;
  a.x += dx * pull; a.y += dy * pull;
  b.x -= dx * pull; b.y -= dy * pull;
}

function settle(places) {
  const cells = Array.from({length: columns * rows}, (_, i) => [i % columns, Math.floor(i / columns)]);
  const chosen = assign(places.map((p) => cells.map(([x, y]) => (p.x - x) ** 2 + (p.y - y) ** 2)));
  for (const [i, p] of places.entries()) [p.column, p.row] = cells[chosen[i]];
}

// What is wrong with where i stands: distance from its place, distance from those
// it borders, other continents at its side, and order turned round.
function fault(places, near, i) {
  const p = places[i];
  let sum = (p.x - p.column) ** 2 + (p.y - p.row) ** 2;
  if (p.fixed) sum *= 50;
  for (const j of near[i]) {
    const q = places[j];
    sum += 0.5 * Math.max(0, Math.hypot(q.column - p.column, q.row - p.row) - 1);
  }
  for (const [j, q] of places.entries()) {
    if (j === i) continue;
    const dx = q.column - p.column, dy = q.row - p.row;
    if (Math.abs(dx) > 2 || Math.abs(dy) > 2) continue;
    if (Math.max(Math.abs(dx), Math.abs(dy)) === 1 && p.continent !== q.continent && !near[i].includes(j)) sum += 0.8;
    const turnedX = -(q.x0 - p.x0) * Math.sign(dx), turnedY = -(q.y0 - p.y0) * Math.sign(dy);
    sum += 0.7 * (Math.max(0, turnedX) + Math.max(0, turnedY));
  }
  return sum;
}

// Exchanges of two tiles, and moves to a free cell, within three cells.
function improve(places, near) {
  const at = new Map(places.map((p, i) => [p.column + ',' + p.row, i]));
  const around = (i) => {
    const p = places[i], list = new Set([i]);
    for (let dx = -2; dx <= 2; dx++) for (let dy = -2; dy <= 2; dy++) {
      const j = at.get((p.column + dx) + ',' + (p.row + dy));
      if (j !== undefined) list.add(j);
    }
    for (const j of near[i]) list.add(j);
    return list;
  };
  const total = (set) => { let s = 0; for (const i of set) s += fault(places, near, i); return s; };
  const put = (i, c, r) => { places[i].column = c; places[i].row = r; at.set(c + ',' + r, i); };
  let moved = true;
  for (let round = 0; moved && round < 40; round++) {
    moved = false;
    for (const [i, p] of places.entries()) {
      for (let dx = -3; dx <= 3; dx++) for (let dy = -3; dy <= 3; dy++) {
        const c0 = p.column, r0 = p.row, c = c0 + dx, r = r0 + dy;
        if ((!dx && !dy) || c < 0 || r < 0 || c >= columns || r >= rows) continue;
        const j = at.get(c + ',' + r);
        const exchange = () => {
          const from = [p.column, p.row];
          const to = from[0] === c0 && from[1] === r0 ? [c, r] : [c0, r0];
          at.delete(from.join()); at.delete(to.join());
          put(i, ...to);
          if (j !== undefined) put(j, ...from);
        };
        const set = around(i);
        if (j !== undefined) for (const k of around(j)) set.add(k);
        const before0 = set;
        exchange();
        for (const k of around(i)) set.add(k);
        if (j !== undefined) for (const k of around(j)) set.add(k);
        const after = total(set);
        exchange();
        const before = total(before0);
        if (after < before - 1e-6) { exchange(); moved = true; }
      }
    }
  }
}
