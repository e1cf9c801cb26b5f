/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings/plate.h"

#include <pango/pangocairo.h>

#define FONT "Noto Sans CJK SC"

enum { LINES_MAX = 4, LEADING = 8 };

static PangoLayout *lay_out(cairo_t *cairo, const HeardPlateForm *form, const HeardPlateLine *line)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string(FONT);

    pango_font_description_set_absolute_size(font, (double)line->size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_width(layout, (int)MAX(form->width, 2 * form->padding + 2) * PANGO_SCALE -
                                       (int)(2 * form->padding) * PANGO_SCALE);
    if (form->is_centred)
        pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    pango_layout_set_text(layout, line->text, -1);
    return layout;
}

static void set_colour(cairo_t *cairo, uint32_t colour)
{
    cairo_set_source_rgb(cairo, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0,
                         (colour & 0xff) / 255.0);
}

static void draw_lines(cairo_t *cairo, const HeardPlateForm *form, const HeardPlateLine *lines,
                       unsigned count, unsigned *ret_width)
{
    PangoLayout *layouts[LINES_MAX];
    int heights[LINES_MAX], total = -LEADING, widest = 0, y;

    for (unsigned i = 0; i < count; i++) {
        PangoRectangle extent;
        layouts[i] = lay_out(cairo, form, &lines[i]);
        pango_layout_get_pixel_extents(layouts[i], NULL, &extent);
        heights[i] = extent.height;
        total += extent.height + LEADING;
        widest = MAX(widest, extent.width);
    }
    y = ((int)form->height - total) / 2;
    for (unsigned i = 0; i < count; i++) {
        set_colour(cairo, lines[i].colour);
        cairo_move_to(cairo, form->padding, y);
        pango_cairo_show_layout(cairo, layouts[i]);
        y += heights[i] + LEADING;
        g_object_unref(layouts[i]);
    }
    *ret_width = (unsigned)widest + 2 * form->padding;
}

HeardPicture *heard_plate_new(const HeardPlateForm *form, const HeardPlateLine *lines,
                              unsigned count)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)form->width, (int)form->height);
    cairo_t *cairo = cairo_create(surface);
    HeardPlateLine said[LINES_MAX];
    unsigned said_count = 0, width = form->width;
    HeardPicture *picture;

    for (unsigned i = 0; i < count && said_count < LINES_MAX; i++)
        if (lines[i].text && *lines[i].text)
            said[said_count++] = lines[i];
    set_colour(cairo, form->background);
    cairo_paint(cairo);
    draw_lines(cairo, form, said, said_count, &width);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    picture = heard_picture_new_from_bgrx(
        cairo_image_surface_get_data(surface),
        form->shrinks ? MIN((width + 1) & ~1u, form->width) : form->width, form->height,
        (size_t)cairo_image_surface_get_stride(surface));
    cairo_surface_destroy(surface);
    return picture;
}

void heard_plate_forget_fonts(void)
{
    pango_cairo_font_map_set_default(NULL);
}
