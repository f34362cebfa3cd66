/* text.c - YAML to a small tree, from libyaml's events; no recursion */
#include "set/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

#include "base/text.h"

/* The tree while it grows: `open` is the list or map that is being filled. */
struct growth {
    struct arena *arena;
    struct node *root, *open;
    struct span key; /* of `open`, when a value is due */
    yaml_mark_t key_mark;
    bool has_key;
    uint32_t nodes, depth;
    struct text_problem *problem;
};

static bool refuse(struct text_problem *problem, yaml_mark_t mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(struct text_problem *problem, yaml_mark_t mark, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    problem->line = (uint32_t)mark.line + 1;
    problem->column = (uint32_t)mark.column + 1;
    vsnprintf(problem->text, sizeof problem->text, format, args);
    va_end(args);
    return false;
}

/* Folded and literal scalars end in a line feed that nobody means. */
static bool copy_scalar(struct growth *g, const yaml_event_t *event, struct span *ret)
{
    struct span text = span_of(event->data.scalar.value, event->data.scalar.length);
    if (event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
        event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE) {
        while (text.len > 0 && text.data[text.len - 1] == '\n')
            text.len--;
    }
    if (text.len > TEXT_SCALAR_MOST)
        return refuse(g->problem, event->start_mark, "longer than %d bytes", TEXT_SCALAR_MOST);
    if (!vpi_text_clean(text))
        return refuse(g->problem, event->start_mark,
                      "a line feed or another control character in a text");
    ret->data = (const uint8_t *)vpi_arena_text(g->arena, text);
    ret->len = text.len;
    return ret->data != NULL;
}

static struct node *node_new(struct growth *g, enum node_type type, yaml_mark_t mark)
{
    if (g->nodes == TEXT_NODES_MOST) {
        refuse(g->problem, mark, "more than %d entries in a file", TEXT_NODES_MOST);
        return NULL;
    }
    struct node *node = vpi_arena_alloc(g->arena, sizeof *node);
    if (!node)
        return NULL;
    g->nodes++;
    node->type = type;
    node->line = (uint32_t)mark.line + 1;
    node->column = (uint32_t)mark.column + 1;
    node->parent = g->open;
    if (!g->open) {
        g->root = node;
        return node;
    }
    if (g->open->last)
        g->open->last->next = node;
    else
        g->open->first = node;
    g->open->last = node;
    g->open->count++;
    if (g->open->type == NODE_MAP) {
        node->key = g->key;
        node->key_line = (uint32_t)g->key_mark.line + 1;
        node->key_column = (uint32_t)g->key_mark.column + 1;
        g->has_key = false;
    }
    return node;
}

static bool take_key(struct growth *g, const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT)
        return refuse(g->problem, event->start_mark, "a key that is no text");
    if (!copy_scalar(g, event, &g->key))
        return false;
    /* Quadratic, but a map has few fields. */
    if (g->open->count == TEXT_FIELDS_MOST)
        return refuse(g->problem, event->start_mark, "more than %d fields in a map",
                      TEXT_FIELDS_MOST);
    for (const struct node *node = g->open->first; node; node = node->next) {
        if (span_equal(node->key, g->key))
            return refuse(g->problem, event->start_mark, "the field '%.*s' stands twice",
                          g->key.len < 60 ? (int)g->key.len : 60, (const char *)g->key.data);
    }
    g->key_mark = event->start_mark;
    g->has_key = true;
    return true;
}

static bool open_node(struct growth *g, enum node_type type, const yaml_event_t *event)
{
    if (g->depth == TEXT_DEPTH_MOST)
        return refuse(g->problem, event->start_mark, "nested more than %d deep", TEXT_DEPTH_MOST);
    struct node *node = node_new(g, type, event->start_mark);
    if (!node)
        return false;
    g->open = node;
    g->depth++;
    return true;
}

/* What makes a tree larger than its text, or changes what a scalar is. */
static bool is_plain(struct growth *g, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse(g->problem, event->start_mark, "aliases are not read");
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    return !(anchor || tag) ||
           refuse(g->problem, event->start_mark, "anchors and tags are not read");
}

static bool take_event(struct growth *g, const yaml_event_t *event)
{
    if (!is_plain(g, event))
        return false;
    if (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT) {
        g->open = g->open->parent;
        g->depth--;
        return true;
    }
    bool content = event->type == YAML_SCALAR_EVENT || event->type == YAML_MAPPING_START_EVENT ||
                   event->type == YAML_SEQUENCE_START_EVENT;
    if (!content)
        return event->type != YAML_DOCUMENT_START_EVENT || !g->root ||
               refuse(g->problem, event->start_mark, "a second document in a file");
    if (g->open && g->open->type == NODE_MAP && !g->has_key)
        return take_key(g, event);
    if (event->type == YAML_MAPPING_START_EVENT)
        return open_node(g, NODE_MAP, event);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return open_node(g, NODE_LIST, event);
    struct span text;
    if (!copy_scalar(g, event, &text))
        return false;
    struct node *node = node_new(g, NODE_SCALAR, event->start_mark);
    if (node)
        node->text = text;
    return node != NULL;
}

/* libyaml tells the offset of bad bytes, not their line. */
static yaml_mark_t mark_of(struct span bytes, size_t off)
{
    yaml_mark_t mark = {.index = off};
    for (size_t i = 0; i < off && i < bytes.len; i++) {
        mark.column++;
        if (bytes.data[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

static bool read_events(struct growth *g, yaml_parser_t *parser, struct span bytes)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            if (parser->error == YAML_MEMORY_ERROR) {
                g->arena->failed = true;
                return false;
            }
            yaml_mark_t mark = parser->error == YAML_READER_ERROR
                                   ? mark_of(bytes, parser->problem_offset)
                                   : parser->problem_mark;
            return refuse(g->problem, mark, "not YAML: %s",
                          parser->problem ? parser->problem : "unknown error");
        }
        bool fine = take_event(g, &event);
        bool end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (!fine || end)
            return fine;
    }
}

bool vpi_text_read(struct arena *arena, struct span bytes, const struct node **ret_root,
                   struct text_problem *problem)
{
    struct growth g = {.arena = arena, .problem = problem};
    memset(problem, 0, sizeof *problem);
    if (bytes.len > TEXT_BYTES_MOST) {
        snprintf(problem->text, sizeof problem->text, "larger than %d bytes", TEXT_BYTES_MOST);
        return false;
    }
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        arena->failed = true;
        return false;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, bytes.data, bytes.len);
    bool fine = read_events(&g, &parser, bytes);
    yaml_parser_delete(&parser);
    if (!fine)
        return false;
    if (!g.root) {
        snprintf(problem->text, sizeof problem->text, "empty");
        return false;
    }
    *ret_root = g.root;
    return true;
}

const struct node *vpi_node_field(const struct node *map, const char *name)
{
    if (!map || map->type != NODE_MAP)
        return NULL;
    for (const struct node *node = map->first; node; node = node->next) {
        if (span_equal(node->key, span_text(name)))
            return node;
    }
    return NULL;
}
