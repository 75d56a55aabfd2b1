// The map: Equal Earth, so that areas can be compared; centred on 11° E, so that
// the edge of the map lies in the Bering Strait and parts no State.
import {geoArea, geoCentroid, geoEqualEarth, geoPath} from 'd3-geo';

const width = 1000;
const margin = 5;
const radius = 3.6; // of a circle that stands for a State too small to be seen
const smallest = 8; // square units; a State below is given a circle
const omitted = new Set(['ATA', 'ATF']);

// TUV is not in the 50m atlas.
const centroids = {TUV: [179.2, -8.52]};

export function world(catalogue, coarse, fine) {
  const drawn = coarse.filter((c) => !omitted.has(c.id));
  const projection = geoEqualEarth().rotate([-11, 0]).fitExtent(
    [[margin, margin], [width - margin, 1000]],
    {type: 'FeatureCollection', features: drawn.map((c) => c.shape)});
  const path = geoPath(projection);
  const bottom = Math.max(...drawn.map((c) => path.bounds(c.shape)[1][1]));
  const top = Math.min(...drawn.map((c) => path.bounds(c.shape)[0][1]));
  const [tx, ty] = projection.translate();
  projection.translate([tx, ty - top + margin]);

  const states = new Set(catalogue.states);
  const shapes = [], land = [];
  for (const c of drawn) {
    const d = relative(projection, c.shape);
    if (!states.has(c.id)) { land.push(d); continue; }
    const [x, y] = path.centroid(largest(c.shape));
    const shape = {id: c.id, x: round(x), y: round(y), area: Math.round(path.area(c.shape)), d};
    if (path.area(c.shape) < smallest) shape.r = radius;
    shapes.push(shape);
  }
  for (const id of catalogue.states.filter((id) => !drawn.some((c) => c.id === id))) {
    const [x, y] = projection(centroids[id] ?? geoCentroid(fine.find((c) => c.id === id).shape));
    shapes.push({id, x, y, area: 0, r: radius});
  }
  separate(shapes.filter((s) => s.r));
  shapes.sort((a, b) => (a.id < b.id ? -1 : 1));
  return {width, height: Math.ceil(bottom - top + 2 * margin), shapes, land};
}

// A MultiPolygon's largest part: a label belongs on France, not between France and Guiana.
export function largest(f) {
  if (f.geometry.type !== 'MultiPolygon') return f;
  const parts = f.geometry.coordinates.map((coordinates) =>
    ({type: 'Feature', geometry: {type: 'Polygon', coordinates}}));
  return parts.reduce((a, b) => (geoArea(a) >= geoArea(b) ? a : b));
}

// Moves circles apart that would hide each other, as little as is needed.
function separate(circles) {
  for (let round = 0; round < 200; round++) {
    for (const [i, a] of circles.entries()) {
      for (const b of circles.slice(i + 1)) {
        const dx = b.x - a.x, dy = b.y - a.y, d = Math.hypot(dx, dy) || 0.01;
        const lack = (a.r + b.r + 0.9 - d) / 2;
        if (lack <= 0) continue;
        a.x -= dx / d * lack; a.y -= dy / d * lack;
        b.x += dx / d * lack; b.y += dy / d * lack;
      }
    }
  }
  for (const c of circles) { c.x = round(c.x); c.y = round(c.y); }
}

const round = (v) => Math.round(v * 10) / 10;

// The outline with one decimal, in steps from point to point. Points that
// fall together are dropped, and so are islets that shrink to a line.
function relative(projection, f) {
  const rings = [];
  let ring;
  const context = {
    moveTo(x, y) { ring = [[Math.round(x * 10), Math.round(y * 10)]]; rings.push(ring); },
    lineTo(x, y) {
      const p = [Math.round(x * 10), Math.round(y * 10)], q = ring.at(-1);
      if (p[0] !== q[0] || p[1] !== q[1]) ring.push(p);
    },
    closePath() {
      if (ring.length > 1 && ring.at(-1).join() === ring[0].join()) ring.pop();
    },
  };
  geoPath(projection, context)(f);
  let text = '', x = 0, y = 0;
  for (const points of rings.filter((r) => r.length > 2)) {
    for (const [i, p] of points.entries()) {
      const dx = (p[0] - x) / 10, dy = (p[1] - y) / 10;
      text += (i === 0 ? 'm' : i === 1 ? 'l' : dx < 0 ? '' : ' ') + dx + (dy < 0 ? '' : ' ') + dy;
      [x, y] = p;
    }
    text += 'z';
    [x, y] = points[0];
  }
  return text;
}
