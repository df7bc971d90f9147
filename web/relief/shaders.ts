// How ground is lit. Level ground has just the colours of the flat picture: light only tells slopes apart. It is
// reckoned where lines cross, which lie a few pixels apart: a processor that draws has no time for each pixel.

export const VERTEX = `#version 300 es
in vec3 place;
in vec3 normal;
in float open;
uniform mat4 clip;
uniform vec3 box;
uniform vec3 light;
uniform vec3 eye;
uniform vec2 colours_used;
out float colour_place;
out vec2 lit;

const float AMBIENT = 0.34;
const float SHINE = 0.35;

// Half of Lambert's, squared: soft, and never black on the side that is turned away.
float lightness(float facing) {
  float half_facing = facing * 0.5 + 0.5;
  return half_facing * half_facing;
}

void main() {
  vec3 at = (vec3(place.xy, 1.0 - place.z) - 0.5) * box;
  vec3 n = normalize(normal / box);
  float diffuse = AMBIENT + (1.0 - AMBIENT) * lightness(dot(n, light)) / lightness(light.y);
  float shine = pow(max(dot(n, normalize(light + normalize(eye - at))), 0.0), 24.0) * (1.0 - n.y);
  // As much light, in the numbers of the screen.
  lit = pow(vec2(diffuse, shine) * open, vec2(1.0 / 2.2)) * vec2(1.0, SHINE);
  colour_place = mix(colours_used.x, colours_used.y, place.y) * 255.0 + 0.5;
  gl_Position = clip * vec4(at, 1.0);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
in float colour_place;
in vec2 lit;
uniform sampler2D colours;
out vec4 colour;
void main() {
  colour = vec4(texelFetch(colours, ivec2(int(colour_place), 0), 0).rgb * lit.x + lit.y, 1.0);
}`;
