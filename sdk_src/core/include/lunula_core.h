/* Lunula's post-processing core: plain C ABI, no globals, no allocation.
 *
 * Conventions
 * - Coordinates are continuous pixels: pixel i covers [i, i+1), its centre is i + 0.5. y points down.
 * - An affine is float[6] = {a, b, c, d, e, f}: x' = a*x + b*y + c, y' = d*x + e*y + f.
 * - Tensors are float32, NHWC, dense.
 * - Angles are radians in image coordinates (atan2(y, x), y down).
 * - Functions return a count >= 0 or a negative lunula_status. Every pointer must lie in memory the caller owns;
 *   sizes, counts and affines are checked, non-finite network outputs are skipped.
 * The same sources build to WASM (Emscripten, SIMD) and natively (tests, sanitizers, `models.evaluation`).
 */
#ifndef LUNULA_CORE_H
#define LUNULA_CORE_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  LUNULA_OK = 0,
  LUNULA_BAD_ARGUMENT = -1, /* a null pointer, a size out of range, a non-finite affine */
  LUNULA_ARENA_TOO_SMALL = -2
} lunula_status;

/* A peak of pass 1, in frame pixels. All members are 4 bytes wide. */
typedef struct {
  int32_t finger; /* 0 thumb … 4 little */
  float score;    /* sigmoid of the heatmap, 0..1 */
  float center_x, center_y;
  float length, width; /* along and across the nail, pixels */
  float axis;          /* radians, modulo pi */
  int32_t hand;        /* which of lunula_set_regions() */
} lunula_candidate;

/* A nail of pass 2, in frame pixels. All members are 4 bytes wide. */
typedef struct {
  int32_t finger;   /* 0 thumb … 4 little, -1 unknown */
  float confidence; /* 0..1 */
  float center_x, center_y;
  float length, width; /* along and across the nail, pixels */
  float direction;     /* radians, cuticle to tip */
  float base_x, base_y, tip_x, tip_y;
  float mask_to_frame[6]; /* affine: mask pixels -> frame pixels */
  float rect[4];          /* x, y, width, height of the contour's bounding box */
  int32_t mask_index;     /* which 64x64 plane of lunula_masks() */
  int32_t contour_start;  /* first point in lunula_contours() */
  int32_t contour_count;  /* points; the polygon is closed implicitly */
  int32_t hand;           /* as in the candidate */
  float rotation[6]; /* in space: the axis from base to tip, then across; x right, y down, z away; 0 where unknown */
} lunula_nail;

/* A hand, in frame pixels. All members are 4 bytes wide. */
typedef struct {
  float score; /* 0..1 */
  float left, top, right, bottom;
} lunula_hand;

typedef struct lunula_session lunula_session;

/* Bytes one session needs. The arena must be 16-byte aligned. */
size_t lunula_arena_bytes(void);
/* Lays a session out at the start of the arena; NULL when it is too small or misaligned. */
lunula_session *lunula_session_init(void *arena, size_t bytes);

/* Pass 1 input size for a region of width x height pixels at a tier (DESIGN §2); writes out[0] = W, out[1] = H,
 * both multiples of 64. */
int32_t lunula_segment_size(float width, float height, float tier, int32_t out[2]);

/* Hands, best first: cells at or above score_threshold, without those whose box overlaps a better one's by
 * overlap_threshold (IoU) or lies inside it by inside_threshold. scores [rows, columns, 1] logits, boxes
 * [rows, columns, 4]; affine: input pixels -> frame pixels, without rotation (lunula_fit_rect's). out: room for max_hands.
 * Returns their number. */
int32_t lunula_decode_hands(const float *scores, const float *boxes, int32_t rows, int32_t columns,
                            const float affine[6], int32_t frame_width, int32_t frame_height, lunula_hand *out);

/* The ROI of a detected hand: the square around its box, padded, clipped to the frame; the whole frame when a side is
 * under min_roi_px. Writes x, y, width, height. */
int32_t lunula_hand_roi(int32_t frame_width, int32_t frame_height, const lunula_hand *hand, float out_rect[4]);

/* First-pass ROI: the padded box around last frame's nails, clipped to the frame; the whole frame when there is none
 * (nails NULL or count 0; count: at most max_nails) or a side is under min_roi_px. hand: only this hand's nails count,
 * those of all hands where it is negative. Writes x, y, width, height. */
int32_t lunula_first_pass_roi(int32_t frame_width, int32_t frame_height, const lunula_nail *nails, int32_t count,
                              int32_t hand, float out_rect[4]);

/* The same around a photo's nails, padded by second_look_padding: where pass 1 looks once more. */
int32_t lunula_second_look_roi(int32_t frame_width, int32_t frame_height, const lunula_nail *nails, int32_t count,
                               float out_rect[4]);

/* The regions of this frame's hands, count x (x, y, width, height) in frame pixels, at most max_hands; an empty one keeps
 * the place of an absent hand. A nail's `hand` is the region whose middle it is nearest to, measured in the region's size. */
int32_t lunula_set_regions(lunula_session *session, const float *rects, int32_t count);

/* The similarity that maps input pixels to frame pixels so that rect is centred and wholly inside the input. */
int32_t lunula_fit_rect(const float rect[4], int32_t input_width, int32_t input_height, float out_affine[6]);

/* Samples count images of out_width x out_height from an RGBA8 frame into out [count, out_height, out_width, 3],
 * normalised with the model's mean and std (model: 0 nail_heatmap, 1 nail_patch,
 * 2 hand_detector). affines: count x 6, output pixels ->
 * frame pixels. Bilinear; n x n taps where one output pixel spans n frame pixels (n = ceil(scale), at most 8; a scale
 * within 0.001 of a whole number is that number). count: at most max_nails; sides: at most 8192 out, 16384 in.
 * Outside the frame every channel reads as the mean (0 after normalisation). stride: bytes a frame row. */
int32_t lunula_sample(const uint8_t *rgba, int32_t frame_width, int32_t frame_height, int32_t stride,
                      const float *affines, int32_t count, int32_t out_width, int32_t out_height, int32_t model,
                      float *out);

/* Pass 1 decoding: peaks (3x3 maximum over the best channel of each cell) at or above peak_threshold, best first, at most
 * max_nails; a peak whose centre lies within half the width of a better one is the same nail.
 * heatmap [rows, columns, 5] logits, geometry [rows, columns, 6]; affine: input pixels -> frame pixels.
 * look: 0 for the frame's first region, which forgets the last frame; the candidates of further ones are merged in.
 * Returns the number of candidates of all looks, readable through lunula_candidates(). */
int32_t lunula_decode_heatmap(lunula_session *session, int32_t look, const float *heatmap, const float *geometry,
                              int32_t rows, int32_t columns, const float affine[6]);
const lunula_candidate *lunula_candidates(const lunula_session *session);

/* One affine a candidate and view (patch pixels -> frame pixels): side_factor times the longest side, the nail's axis
 * upright. views: 1; 2, each candidate once more, mirrored left to right; 4, both once more, upside down. What the network
 * says of a candidate's views is averaged. Returns the number of patches, a candidate's views one after the other;
 * lunula_patch_affines() holds them, 6 floats each. */
int32_t lunula_plan_patches(lunula_session *session, int32_t views);
/* The same around the nails that lunula_decode_patches() found, which forgets all other candidates: an outline tells centre
 * and size better than a peak does. */
int32_t lunula_plan_patches_again(lunula_session *session, int32_t views);
const float *lunula_patch_affines(const lunula_session *session);

/* Pass 2 decoding of patches start .. start+count-1 of the plan, of whole candidates: keypoints [count,32,32,2] logits,
 * masks [count,64,64,1] logits, confidence [count,1] logits; rotations [count,6], two columns in the patch's frame, made
 * orthonormal here and turned into the frame's, where the network tells them (nail_patch_r6d, whose confidence is
 * calibrated by itself), else NULL. Stores them in the session; call once a batch. */
int32_t lunula_store_patches(lunula_session *session, int32_t start, int32_t count, const float *keypoints,
                             const float *masks, const float *confidence, const float *rotations);
/* RT-DETR: which queries lunula_store_queries() would keep, the best first, at most max_nails, so that of the masks only
 * theirs need to leave the GPU. boxes [count, 4], scores [count, 2]; least: confidence, 0..1; kept: room for max_nails.
 * Returns their number. */
int32_t lunula_keep_queries(const float *boxes, const float *scores, int32_t count, float least, int32_t *kept);
/* RT-DETR decoding of one region's queries, in the place of the three calls above: boxes [count, 4] (centre x, y, width,
 * height), scores [count, 2] logits (is a nail; IoU of its mask), masks [count, side, side] logits, fingers [count, 5]
 * logits, tips [count, 2]; boxes and tips 0..1 of the input's side; affine: input pixels -> frame pixels. look: 0 for the
 * frame's first region, which forgets the last frame; the nails of further ones are added. Keeps those whose confidence
 * is `least` or more, at most max_nails: score_threshold where they are shown as they are, still_threshold where pass 2
 * decides. Returns how many patches are filled. */
int32_t lunula_store_queries(lunula_session *session, int32_t look, const float *boxes, const float *scores,
                             const float *masks, const float *fingers, const float *tips, int32_t count, int32_t side,
                             const float affine[6], float least);
/* After every batch: nails at or above confidence_threshold (outlined_threshold where they were RT-DETR's), duplicates
 * removed, best first. Returns their number. */
int32_t lunula_decode_patches(lunula_session *session);
const lunula_nail *lunula_nails(const lunula_session *session);
/* Soft masks, 0..255, one 64x64 plane a patch. */
const uint8_t *lunula_masks(const lunula_session *session);
/* Contour points x, y in frame pixels. */
const float *lunula_contours(const lunula_session *session);

#ifdef __cplusplus
}
#endif
#endif
