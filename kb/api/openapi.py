"""The OpenAPI description: written by hand, short, and compared with the routes by a test."""

from typing import Any

from kb import __version__
from kb.api.staff_openapi import draft_paths, inquiry_paths
from kb.api.topics_openapi import SECURITY, topic_paths
from kb.content.models import Kind
from kb.search.models import SearchOutcome, Stage

JsonObject = dict[str, Any]


def build_openapi() -> JsonObject:
    """The whole description, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Helpshelf",
            "version": __version__,
            "description": "Search and read the published articles of a help center.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            "/api/v1/search": {"get": _search()},
            "/api/v1/suggest": {"get": _suggest()},
            "/api/v1/articles/{slug}": {"get": _article()},
            "/api/v1/openapi.json": {"get": _description()},
            **topic_paths(),
            **draft_paths(),
            **inquiry_paths(),
        },
        "components": {"schemas": _schemas(), "securitySchemes": SECURITY},
    }


def _search() -> JsonObject:
    parameters = [
        _parameter("q", "What to search for, in a customer's words.", required=True),
        _parameter("limit", "Hits in this answer.", schema=_whole(1, 50, 10)),
        _parameter("offset", "Hits to skip.", schema=_whole(0, 1000, 0)),
        _parameter("collection", "Slug of a collection to search in; it and all inside it."),
        _parameter("kind", "Kind of article.", schema={"type": "string", "enum": list(Kind)}),
        _parameter("product", "A product that articles name, as printed or as in URLs."),
    ]
    return _operation("search", "Search the articles", "Search", parameters, (400, 429))


def _suggest() -> JsonObject:
    parameters = [_parameter("q", "What has been typed so far.")]
    return _operation(
        "suggest", "Articles that fit what is being typed", "Suggestions", parameters, (429,)
    )


def _article() -> JsonObject:
    parameters = [
        {
            "name": "slug",
            "in": "path",
            "required": True,
            "description": "The article's URL name; an old one answers with a redirect.",
            "schema": {"type": "string"},
        }
    ]
    operation = _operation("article", "Read one article", "Article", parameters, (404,))
    operation["responses"]["301"] = {"description": "The article has this new address."}
    return operation


def _description() -> JsonObject:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "openapi",
        "summary": "This description",
        "responses": {"200": {"description": "OpenAPI 3.1", "content": content}},
    }


def _operation(
    name: str, summary: str, schema: str, parameters: list[JsonObject], errors: tuple[int, ...]
) -> JsonObject:
    responses: JsonObject = {"200": _answer(summary, schema)}
    for status in (*errors, 503):
        responses[str(status)] = _answer("Error", "Error")
    if 429 in errors:
        responses["429"]["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": responses,
    }


def _answer(description: str, schema: str) -> JsonObject:
    content = {"application/json": {"schema": _reference(schema)}}
    return {"description": description, "content": content}


def _reference(schema: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{schema}"}


def _parameter(
    name: str, description: str, *, required: bool = False, schema: JsonObject | None = None
) -> JsonObject:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def _whole(minimum: int, maximum: int, default: int) -> JsonObject:
    return {"type": "integer", "minimum": minimum, "maximum": maximum, "default": default}


def _schemas() -> JsonObject:
    return {
        "Search": _search_schema(),
        "Hit": _hit_schema(),
        "Reasons": _reasons_schema(),
        "BestPassage": _object(
            slug="string", title="string", section="string", url="string", text="string"
        ),
        "Suggestions": _list_schema("suggestions", _object(title="string", url="string")),
        "Article": _article_schema(),
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": {"error": _object(code="string", message="string", field="string?")},
        },
    }


def _search_schema() -> JsonObject:
    schema = _object(
        query="string",
        outcome="string",
        confidence="number",
        total="integer",
        mode="string",
        degraded="boolean",
        correction="string?",
        took_ms="number",
        searched="string",
        stage="string",
        relaxed="boolean",
        offset="integer",
    )
    schema["properties"]["outcome"]["enum"] = list(SearchOutcome)
    schema["properties"]["mode"]["enum"] = ["lexical", "hybrid"]
    schema["properties"]["stage"]["enum"] = list(Stage)
    schema["properties"]["confidence"] |= {"minimum": 0, "maximum": 1}
    schema["properties"]["best"] = {"oneOf": [_reference("BestPassage"), {"type": "null"}]}
    schema["properties"]["hits"] = {"type": "array", "items": _reference("Hit")}
    schema["required"] += ["best", "hits"]
    return schema


def _hit_schema() -> JsonObject:
    schema = _object(
        slug="string",
        title="string",
        collection="string",
        section="string",
        anchor="string",
        url="string",
        score="number",
        snippet="string",
    )
    schema["properties"]["reasons"] = _reference("Reasons")
    schema["required"].append("reasons")
    return schema


def _reasons_schema() -> JsonObject:
    schema = _object(pinned="boolean", asked="boolean", meaning="number")
    synonyms = _list_schema("synonyms", _object(word="string", finds="string"))
    words = _list_schema("words", {"type": "string"})
    schema["properties"] |= {**words["properties"], **synonyms["properties"]}
    schema["required"] += ["words", "synonyms"]
    return schema


def _article_schema() -> JsonObject:
    schema = _object(
        slug="string",
        number="integer?",
        title="string",
        kind="string",
        summary="string",
        collection="string",
        language="string",
        url="string",
        updated_at="string?",
        reviewed="string?",
        effective_from="string?",
        effective_until="string?",
        html="string",
    )
    sections = _list_schema("sections", _object(anchor="string", heading="string", level="integer"))
    words = {"type": "array", "items": {"type": "string"}}
    schema["properties"] |= {"tags": words, "product": words, **sections["properties"]}
    schema["required"] += ["tags", "product", "sections"]
    return schema


def _list_schema(name: str, items: JsonObject) -> JsonObject:
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": "array", "items": items}},
    }


def _object(**types: str) -> JsonObject:
    """An object schema; a type that ends in a question mark may be null."""
    properties: JsonObject = {}
    for name, kind in types.items():
        plain = kind.rstrip("?")
        properties[name] = {"type": [plain, "null"] if kind.endswith("?") else plain}
    return {"type": "object", "required": list(types), "properties": properties}
