/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/picture.h"

#include <string.h>

typedef struct {
    uint8_t y, u, v;
} Yuv;

/* BT.601, limited range, 8 bits of fraction. */
static uint8_t luma(int r, int g, int b)
{
    return (uint8_t)(16 + ((66 * r + 129 * g + 25 * b + 128) >> 8));
}

static Yuv to_yuv(int r, int g, int b)
{
    return (Yuv){luma(r, g, b), (uint8_t)(128 + ((-38 * r - 74 * g + 112 * b + 128) >> 8)),
                 (uint8_t)(128 + ((112 * r - 94 * g - 18 * b + 128) >> 8))};
}

HeardPicture *heard_picture_new(unsigned width, unsigned height)
{
    HeardPicture *self = g_new0(HeardPicture, 1);
    size_t pixels;

    self->width = MAX(width & ~1u, 2);
    self->height = MAX(height & ~1u, 2);
    pixels = (size_t)self->width * self->height;
    self->size_bytes = pixels + pixels / 2;
    self->planes[0] = g_malloc(self->size_bytes);
    self->planes[1] = self->planes[0] + pixels;
    self->planes[2] = self->planes[1] + pixels / 4;
    heard_picture_fill(self, &(HeardRect){0, 0, self->width, self->height}, 0);
    return self;
}

void heard_picture_free(HeardPicture *self)
{
    if (!self)
        return;
    g_free(self->planes[0]);
    g_free(self);
}

HeardPicture *heard_picture_new_from_bgrx(const uint8_t *pixels, unsigned width, unsigned height,
                                          size_t stride)
{
    HeardPicture *self = heard_picture_new(width, height);

    for (unsigned y = 0; y < MIN(self->height, height); y++)
        for (unsigned x = 0; x < MIN(self->width, width); x++) {
            const uint8_t *pixel = pixels + y * stride + x * 4;
            size_t half = (size_t)(y / 2) * (self->width / 2) + x / 2;
            Yuv yuv;
            if (x % 2 || y % 2) {
                self->planes[0][(size_t)y * self->width + x] = luma(pixel[2], pixel[1], pixel[0]);
                continue;
            }
            yuv = to_yuv(pixel[2], pixel[1], pixel[0]);
            self->planes[0][(size_t)y * self->width + x] = yuv.y;
            self->planes[1][half] = yuv.u;
            self->planes[2][half] = yuv.v;
        }
    return self;
}

void heard_picture_fill(HeardPicture *self, const HeardRect *rect, uint32_t colour)
{
    Yuv yuv = to_yuv((int)(colour >> 16 & 0xff), (int)(colour >> 8 & 0xff), (int)(colour & 0xff));
    const uint8_t values[3] = {yuv.y, yuv.u, yuv.v};
    unsigned right = MIN(rect->x + rect->width, self->width);
    unsigned bottom = MIN(rect->y + rect->height, self->height);

    if (rect->x >= right)
        return;
    for (int p = 0; p < 3; p++) {
        unsigned shift = p > 0;
        for (unsigned y = rect->y >> shift; y < bottom >> shift; y++)
            memset(self->planes[p] + (size_t)y * (self->width >> shift) + (rect->x >> shift),
                   values[p], (right >> shift) - (rect->x >> shift));
    }
}

void heard_picture_put(HeardPicture *self, const HeardPicture *source, unsigned x, unsigned y)
{
    unsigned right = MIN(x + source->width, self->width);
    unsigned bottom = MIN(y + source->height, self->height);

    if (x >= right)
        return;
    for (int p = 0; p < 3; p++) {
        unsigned shift = p > 0;
        for (unsigned row = y >> shift; row < bottom >> shift; row++)
            memcpy(self->planes[p] + (size_t)row * (self->width >> shift) + (x >> shift),
                   source->planes[p] + (size_t)(row - (y >> shift)) * (source->width >> shift),
                   (right >> shift) - (x >> shift));
    }
}
