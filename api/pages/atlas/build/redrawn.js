// Natural Earth draws who is in control. Two of its borders are drawn here as the
// United Nations have them: Western Sahara, a Non-Self-Governing Territory since
// 1963, north to 27°40', and Crimea as part of Ukraine (A/RES/68/262).
const northOfWesternSahara = 27 + 40 / 60;
const crimea = ([[x, y]]) => x > 32 && x < 37 && y > 44 && y < 46.5;

export function redrawn(countries) {
  const of = (id) => countries.find((c) => c.id === id);
  const [morocco, sahara, russia, ukraine] = ['MAR', 'ESH', 'RUS', 'UKR'].map(of);
  const south = parts(morocco).map((p) => [cut(p[0], (y) => northOfWesternSahara - y)]).filter((p) => p[0].length > 3);
  put(morocco, parts(morocco).map((p) => [cut(p[0], (y) => y - northOfWesternSahara)]).filter((p) => p[0].length > 3));
  put(sahara, [...parts(sahara), ...south]);
  put(ukraine, [...parts(ukraine), ...parts(russia).filter((p) => crimea(p[0]))]);
  put(russia, parts(russia).filter((p) => !crimea(p[0])));
  return countries;
}

function parts({shape: {geometry}}) {
  return geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates];
}

function put(country, coordinates) {
  country.shape = {...country.shape, geometry: {type: 'MultiPolygon', coordinates}};
}

// The part of a ring on the side of a parallel where the distance is not negative.
function cut(ring, distance) {
  const kept = [];
  for (const [i, p] of ring.entries()) {
    const q = ring[(i + 1) % ring.length];
    const a = distance(p[1]), b = distance(q[1]);
    if (a >= 0) kept.push(p);
    if (a * b < 0) kept.push([p[0] + (q[0] - p[0]) * a / (a - b), p[1] + (q[1] - p[1]) * a / (a - b)]);
  }
  if (kept.length) kept.push(kept[0]);
  return kept;
}
