"""Lets the weights of a model stay the whole numbers that they are in its file.

The default model has one byte for each number and a scale for each row or column, and turns all
of it into floating point when it is loaded: four times the memory, which is then read for every
question.  Here a matrix is said to be what ``DequantizeLinear`` makes of its bytes, which
onnxruntime multiplies with as they are, and of the table of word pieces only the rows that are
asked for become floating point (docs/decisions/0009-sentence-model.md).

An ONNX file is a protobuf message.  Only the fields that are looked at are declared, after
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; protobuf keeps all others as they are.
"""

from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_INT8 = 3
"""``TensorProto.INT8``."""
_INT = 2
"""``AttributeProto.INT``."""
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Model": {"graph": (7, "Graph")},
    "Graph": {"node": (1, "Node*"), "initializer": (5, "Tensor*")},
    "Node": {
        "input": (1, "string*"),
        "output": (2, "string*"),
        "name": (3, "string"),
        "op_type": (4, "string"),
        "attribute": (5, "Attribute*"),
    },
    "Attribute": {"name": (1, "string"), "i": (3, "int64"), "type": (20, "int32")},
    "Tensor": {"dims": (1, "int64*"), "data_type": (2, "int32"), "name": (8, "string")},
}
"""Number and type of each field; a star where there may be several."""


def keep_quantized(data: bytes) -> bytes:
    """The same ONNX model with its weights left as bytes; unchanged where it has none.

    Raises:
        google.protobuf.message.DecodeError: this is no ONNX model.
    """
    model = _model_class().FromString(data)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    users: dict[str, list[Any]] = {}
    for node in model.graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    for cast in [node for node in model.graph.node if node.op_type == "Cast"]:
        weight = weights.get(cast.input[0])
        products = users[cast.output[0]]
        if weight is None or weight.data_type != _INT8 or [p.op_type for p in products] != ["Mul"]:
            continue
        (product,) = products
        scales = weights[product.input[1]]
        (reader, *others) = users[product.output[0]]
        if list(scales.dims) == [1, weight.dims[1]] and reader.op_type == "MatMul":
            _dequantize_matrix(model.graph.node, cast, product, scales)
        elif list(scales.dims) == [weight.dims[0], 1] and reader.op_type == "Gather" and not others:
            _dequantize_rows(model.graph.node, cast, product, reader)
    return bytes(model.SerializeToString())


def _dequantize_matrix(nodes: Any, cast: Any, product: Any, scales: Any) -> None:  # noqa: ANN401
    del scales.dims[0]
    product.op_type = "DequantizeLinear"
    product.input[0] = cast.input[0]
    product.attribute.add(name="axis", i=1, type=_INT)
    nodes.remove(cast)


def _dequantize_rows(nodes: Any, cast: Any, product: Any, gather: Any) -> None:  # noqa: ANN401
    """Take rows of the bytes and of the scales before they are multiplied, not after."""
    rows, scales, result = cast.input[0] + "/rows", product.input[1] + "/rows", gather.output[0]
    after = list(nodes).index(gather) + 1
    nodes.insert(after, _like(product, [cast.output[0], scales], result))
    nodes.insert(after, _like(cast, [rows], cast.output[0]))
    nodes.insert(after, _like(gather, [product.input[1], gather.input[1]], scales))
    nodes.insert(after, _like(gather, [cast.input[0], gather.input[1]], rows))
    for node in (cast, product, gather):
        nodes.remove(node)


def _like(node: Any, inputs: list[str], output: str) -> Any:  # noqa: ANN401
    """A node that does the same with something else."""
    made = type(node)()
    made.CopyFrom(node)
    made.input[:] = inputs
    made.output[:] = [output]
    made.name = output
    return made


@cache
def _model_class() -> Any:  # noqa: ANN401
    file = descriptor_pb2.FileDescriptorProto(name="onnx_parts.proto", package="onnx_parts")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            declared = message.field.add(
                name=field,
                number=number,
                label=kinds.LABEL_REPEATED if kind.endswith("*") else kinds.LABEL_OPTIONAL,
            )
            kind = kind.rstrip("*")
            if kind in _MESSAGES:
                declared.type_name = f".onnx_parts.{kind}"
            else:
                declared.type = kinds.Type.Value(f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("onnx_parts.Model"))
