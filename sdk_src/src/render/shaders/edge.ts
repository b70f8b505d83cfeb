/**
 * The nail's edge between mask pixels. The mask is 64x64; the photo knows better where the nail ends. Around the
 * half-way line the mask is filtered with the photo as guide (He, Sun and Tang, Guided Image Filtering, 2010; one window
 * a pixel), which follows the photo's edge where it has one there, and leaves the mask as it is where it has none.
 *
 * maskAt: cubic B-spline from four bilinear taps (Sigg and Hadwiger, GPU Gems 2, chapter 20): no staircase at any size.
 */
export const EDGE = `
float maskAt(vec2 p) {
  vec2 q = p * SIZE - 0.5, f = fract(q), i = q - f, g = 1.0 - f;
  vec2 w1 = (4.0 - 6.0 * f * f + 3.0 * f * f * f) / 6.0, w3 = f * f * f / 6.0;
  vec2 g0 = g * g * g / 6.0 + w1, g1 = 1.0 - g0;
  vec2 a = (i - 0.5 + w1 / g0) / SIZE, b = (i + 1.5 + w3 / g1) / SIZE;
  return g0.y * (g0.x * rawAt(a) + g1.x * rawAt(vec2(b.x, a.y))) + g1.y * (g0.x * rawAt(vec2(a.x, b.y)) + g1.x * rawAt(b));
}

float guided(vec2 at, float mask, float slope, out float trust) {
  mat2 toUv = mat2(ROW(0).x, ROW(1).x, ROW(0).y, ROW(1).y) / SIZE;
  float pixel = inversesqrt(max(abs(determinant(toUv)), 1e-9)) / SIZE;
  float pitch = max(1.0, 0.7 * pixel);
  vec2 uv = (ROWS_UV(at));
  vec3 here = photoAt(at), meanC = vec3(0.0), covariance = vec3(0.0);
  float meanM = 0.0, meanMM = 0.0;
  mat3 spread = mat3(0.0);
  for (int i = 0; i < 25; i++) {
    vec2 o = vec2(i % 5 - 2, i / 5 - 2);
    if (dot(o, o) > 7.0) continue;
    o *= pitch;
    vec3 c = photoAt(at + o) - here;
    float m = rawAt(uv + toUv * o);
    meanC += c; meanM += m; meanMM += m * m;
    covariance += c * m; spread += outerProduct(c, c);
  }
  const float n = 1.0 / 21.0;
  meanC *= n; meanM *= n;
  covariance = covariance * n - meanC * meanM;
  spread = spread * n - outerProduct(meanC, meanC) + mat3(2e-3);
  vec3 a = inverse(spread) * covariance;
  trust = smoothstep(0.35, 0.75, dot(a, covariance) / (meanMM * n - meanM * meanM + 4e-3));
  // Not further off the mask than about a mask pixel, whatever the photo says: skin is worse than a bare rim.
  trust *= 1.0 - smoothstep(1.2, 1.8, (0.5 - mask) / max(slope * max(1.0, 0.5 * pixel), 1e-4));
  return mix(mask, clamp(meanM - dot(a, meanC), 0.0, 1.0), trust);
}
`
