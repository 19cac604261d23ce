"""The graph of a BERT encoder in eight-bit integers, built from its weights: the only file that imports onnx.

Each linear layer multiplies integers. Its weights are rounded to seven bits with one scale per output, so that sums of
two products fit into 16 bits on processors without VNNI; what enters it is rounded to eight bits with one scale per
token, so that the vector of a text does not depend on its neighbours. Everything else stays in floating point.

Rounding with one scale is kind to values of one size. So the channels between two layers are stretched to sizes that
suit both (Xiao et al. 2023, SmoothQuant), and a normalisation's shift is moved into what reads it. The texts of one
call are equally long: there is no padding and no mask.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

INPUT, OUTPUT = "embedded", "pooled"
WEIGHT_LIMIT = 64  # 2 × 255 × 64 fits into 16 bits
_CURVED_EVENLY = 0.4  # how far the weights behind the activation function are evened out; tried: 0.2 to 0.6
_OPSET, _IR_VERSION = 21, 10
_FUSED = "com.microsoft"  # the operators onnxruntime adds

Array = NDArray[np.float32]
Weights = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the weights alone do not say: the structure, and how large the channels are that enter a layer.

    `sizes` holds the root mean square of each channel before its shift, by the name of the layer that reads it.
    """

    layers: int
    heads: int
    epsilon: float
    sizes: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the graph that stands for `name` × `stretch` + `shift`, channel by channel."""

    name: str
    stretch: Array
    shift: Array


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear layer as the model has it: (out, in) weights and a bias for each output."""

    name: str
    weight: Array
    bias: Array

    def stretch(self, sizes: Array) -> Array:
        """What to divide its inputs by so that they and its weights are evenly large."""
        return _sound(np.sqrt(sizes / _rms(self.weight, axis=0)))


def build_graph(weights: Weights, recipe: Recipe) -> bytes:
    """A serialised model: (texts, tokens, width) summed embeddings in, (texts, width) means over the tokens out."""
    return _Graph(weights, recipe).serialised()


def quantise_columns(weight: Array) -> tuple[NDArray[np.int8], Array]:
    """A (in, out) matrix as whole numbers up to WEIGHT_LIMIT, and the scale of each column."""
    scales = _sound(np.abs(weight).max(axis=0)) / WEIGHT_LIMIT
    return np.rint(weight / scales).astype(np.int8), scales


class _Graph:
    """Nodes and constants as they are added; a value has the name of the node that makes it."""

    def __init__(self, weights: Weights, recipe: Recipe) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy = helper, numpy_helper
        self._weights, self._recipe = weights, recipe
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def serialised(self) -> bytes:
        """Build it and write it down."""
        self._add_encoder()
        helper, real = self._helper, self._helper.np_dtype_to_tensor_dtype(np.dtype(np.float32))
        width = len(self._weights["embeddings.LayerNorm.weight"])
        inputs = [helper.make_tensor_value_info(INPUT, real, ["texts", "tokens", width])]
        outputs = [helper.make_tensor_value_info(OUTPUT, real, ["texts", width])]
        graph = helper.make_graph(self._nodes, "encoder", inputs, outputs, self._constants)
        sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=sets, ir_version=_IR_VERSION).SerializeToString()

    def _add_encoder(self) -> None:
        self._constant("channels", np.array([-1], np.int64))
        self._constant("tokens", np.array([1], np.int64))
        self._constant("step", np.float32(1 / 127))
        self._constant("middle", np.uint8(128))
        layers = [f"encoder.layer.{number}" for number in range(self._recipe.layers)]
        heads = [self._heads(layer) for layer in layers]
        value = self._normalised(INPUT, "embeddings.LayerNorm", heads[0])
        for layer, read, next_read in zip(layers, heads, [*heads[1:], None], strict=True):
            value = self._layer(layer, value, read, next_read)
        mean = self._node("ReduceMean", [value.name, "tokens"], "mean", keepdims=0)
        self._node("Add", [mean, self._constant("shift", value.shift)], OUTPUT)

    def _layer(self, layer: str, value: Value, heads: Linear, next_read: Linear | None) -> Value:
        """Attention, then two linear layers; each part is added to what it read, and normalised for the next reader."""
        raising = self._linear(f"{layer}.intermediate.dense")
        attended = self._attention(value, heads)
        value = self._end(attended, value, f"{layer}.attention.output", raising)
        curved = self._curved(value, raising, f"{layer}.output.dense")
        return self._end(curved, value, f"{layer}.output", next_read)

    def _heads(self, layer: str) -> Linear:
        """Query, key and value of every head as one layer."""
        parts = [self._linear(f"{layer}.attention.self.{part}") for part in ("query", "key", "value")]
        weight = np.concatenate([part.weight for part in parts])
        return Linear(f"{layer}.attention.self", weight, np.concatenate([part.bias for part in parts]))

    def _attention(self, value: Value, heads: Linear) -> Value:
        product, bias = self._product(value, heads)
        parts = [f"{heads.name}.{part}" for part in ("query", "key", "value")]
        self._node("Split", [product], parts, axis=-1, num_outputs=3)
        made = f"{heads.name}.attended"
        return _plain(
            self._node("MultiHeadAttention", [*parts, bias], made, _FUSED, num_heads=self._recipe.heads),
            len(heads.bias) // 3,
        )

    def _curved(self, value: Value, raising: Linear, reader: str) -> Value:
        """Through the first of the two linear layers and the activation function, stretched for the second."""
        product, bias = self._product(value, raising)
        curved = self._node("BiasGelu", [product, bias], f"{raising.name}.curved", _FUSED)
        stretch = _sound(_rms(self._linear(reader).weight, axis=0) ** -_CURVED_EVENLY)
        factors = self._constant(f"{reader}.factors", 1 / stretch)
        evened = self._node("Mul", [curved, factors], f"{reader}.evened")
        return Value(evened, stretch, np.zeros_like(stretch))

    def _end(self, value: Value, before: Value, name: str, reader: Linear | None) -> Value:
        """The last linear layer of a part, added to what the part read, and normalised."""
        dense = self._linear(f"{name}.dense")
        product, bias = self._product(value, Linear(dense.name, dense.weight, dense.bias + before.shift))
        kept = self._node("Mul", [before.name, self._constant(f"{name}.kept", before.stretch)], f"{name}.before")
        added = self._node("Add", [product, kept], f"{name}.added")
        return self._normalised(self._node("Add", [added, bias], f"{name}.sum"), f"{name}.LayerNorm", reader)

    def _normalised(self, value: str, name: str, reader: Linear | None) -> Value:
        """Normalised, with its channels stretched for the layer that reads it."""
        scale, shift = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        stretch = np.ones_like(scale) if reader is None else reader.stretch(self._recipe.sizes[reader.name])
        inputs = [value, self._constant(f"{name}.scale", scale / stretch)]
        made = self._node("LayerNormalization", inputs, f"{name}.normalised", epsilon=self._recipe.epsilon)
        return Value(made, stretch, shift)

    def _product(self, value: Value, layer: Linear) -> tuple[str, str]:
        """The layer's product with a value, in integers, and the bias that is still to be added."""
        whole, scales = quantise_columns((layer.weight * value.stretch).T)
        matrix = self._constant(f"{layer.name}.matrix", whole)
        columns = self._constant(f"{layer.name}.columns", scales)
        sizes = self._node("Abs", [value.name], f"{layer.name}.sizes")
        largest = self._node("ReduceMax", [sizes, "channels"], f"{layer.name}.largest", keepdims=1)
        scaled = self._node("Div", [value.name, largest], f"{layer.name}.scaled")
        rounded = self._node("QuantizeLinear", [scaled, "step", "middle"], f"{layer.name}.rounded")
        inputs = [rounded, matrix, "step", columns, "middle"]
        product = self._node("MatMulIntegerToFloat", inputs, f"{layer.name}.product", _FUSED)
        full = self._node("Mul", [product, largest], f"{layer.name}.full")
        return full, self._constant(f"{layer.name}.bias", layer.bias + layer.weight @ value.shift)

    def _linear(self, name: str) -> Linear:
        return Linear(name, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _node(self, operator: str, inputs: list[str], outputs: str | list[str], domain: str = "", **how: Any) -> str:
        """Add an operator; returns the name of its first output."""
        names = [outputs] if isinstance(outputs, str) else outputs
        self._nodes.append(self._helper.make_node(operator, inputs, names, domain=domain, **how))
        return names[0]

    def _constant(self, name: str, value: Any) -> str:
        self._constants.append(self._numpy.from_array(np.ascontiguousarray(value), name))
        return name


def _plain(name: str, width: int) -> Value:
    return Value(name, np.ones(width, np.float32), np.zeros(width, np.float32))


def _rms(values: Array, *, axis: int) -> Array:
    size: Array = np.sqrt(np.mean(np.square(values), axis=axis))
    return size


def _sound(sizes: Array) -> Array:
    """Sizes as divisors: none of them zero."""
    return np.maximum(sizes, np.finfo(np.float32).tiny).astype(np.float32)
