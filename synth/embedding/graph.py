"""The graph of a BERT encoder in eight-bit integers, built from its weights: the only file that imports onnx.

Each linear layer multiplies integers. Its weights are rounded to seven bits with one scale per output, so that sums of
two products fit into 16 bits on processors without VNNI. What enters it is rounded to eight bits: what a normalisation
made with one step known beforehand, as its size hardly varies; anything else with one step per token, so that the
vector of a text does not depend on its neighbours. Everything else stays in floating point.

Rounding with one scale is kind to values of one size. So the channels behind a normalisation are stretched to sizes
that suit the layer that reads them (Xiao et al. 2023, SmoothQuant), and its shift is moved into that layer. The texts
of one call are equally long: there is no padding and no mask.
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
LEVELS = 127  # whole numbers on each side of zero
_LEAST = 1e-20
_OPSET, _IR_VERSION = 21, 10
_FUSED = "com.microsoft"  # the operators onnxruntime adds

Array = NDArray[np.float32]
Weights = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the weights alone do not say: the structure, and how large the channels are that enter a layer.

    By the name of the layer that reads them, each channel before its shift: `sizes` holds the root mean squares,
    `largest` the greatest absolute values.
    """

    layers: int
    heads: int
    epsilon: float
    sizes: Mapping[str, Array]
    largest: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the graph that stands for `name` × `stretch` + `shift`, channel by channel."""

    name: str
    stretch: Array
    shift: Array


@dataclass(frozen=True, slots=True)
class Rounded:
    """A value in whole numbers, in steps of `step`; where it is one step a token, that is `largest` / LEVELS."""

    name: str
    step: str
    value: Value
    largest: str | None = None


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear layer as the model has it: (out, in) weights and a bias for each output."""

    name: str
    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class Reader:
    """The linear layers that read one value, and the name its sizes are kept under."""

    name: str
    layers: tuple[Linear, ...]

    def stretch(self, sizes: Array) -> Array:
        """What to divide a value of these sizes by so that it and the weights are evenly large."""
        weights = np.concatenate([layer.weight for layer in self.layers])
        return _sound(np.sqrt(sizes / _rms(weights)))


def build_graph(weights: Weights, recipe: Recipe) -> bytes:
    """A serialised model: (texts, tokens, width) summed embeddings in, (texts, width) means over the tokens out."""
    return _Graph(weights, recipe).serialised()


def quantise_rows(weight: Array) -> tuple[NDArray[np.int8], Array]:
    """An (out, in) matrix as whole numbers up to WEIGHT_LIMIT, and the scale of each row."""
    scales: Array = _sound(np.abs(weight).max(axis=1)) / np.float32(WEIGHT_LIMIT)
    whole = weight * (1 / scales)[:, np.newaxis]
    return np.rint(whole, out=whole).astype(np.int8), scales


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
        model = helper.make_model(graph, opset_imports=sets, ir_version=_IR_VERSION)
        return bytes(model.SerializeToString())

    def _add_encoder(self) -> None:
        """From (texts, tokens, width) to (texts, width); in between, tokens stand in rows, but for the attention."""
        width = len(self._weights["embeddings.LayerNorm.weight"])
        self._constant("channels", np.array([-1], np.int64))
        self._constant("tokens", np.array([1], np.int64))
        self._constant("rows", np.array([-1, width], np.int64))
        self._constant("part", np.float32(1 / LEVELS))
        self._constant("middle", np.uint8(128))
        self._node("Shape", [INPUT], "texts")
        self._node("Shape", [INPUT], "lengths", end=2)
        self._node("ReduceProd", ["lengths"], "count", keepdims=1)
        middles = self._numpy.from_array(np.array([128], np.uint8))
        self._node("ConstantOfShape", ["count"], "middles", value=middles)
        layers = [f"encoder.layer.{number}" for number in range(self._recipe.layers)]
        heads = [self._reader(f"{layer}.attention.self", ("query", "key", "value")) for layer in layers]
        value = self._normalised(self._node("Reshape", [INPUT, "rows"], "flat"), "embeddings.LayerNorm", heads[0])
        for layer, read, next_read in zip(layers, heads, [*heads[1:], None], strict=True):
            value = self._layer(layer, value, read, next_read)
        last = self._node("Reshape", [value.name, "texts"], "last")
        mean = self._node("ReduceMean", [last, "tokens"], "mean", keepdims=0)
        self._node("Add", [mean, self._constant("shift", value.shift)], OUTPUT)

    def _layer(self, layer: str, value: Value, heads: Reader, next_read: Reader | None) -> Value:
        """Attention, then two linear layers; each part is added to what it read, and normalised for the next reader."""
        raising = self._reader(f"{layer}.intermediate", ("dense",))
        value = self._end(self._attention(value, heads), value, f"{layer}.attention.output", raising)
        return self._end(self._curved(value, raising), value, f"{layer}.output", next_read)

    def _attention(self, value: Value, heads: Reader) -> Value:
        """Every head's mean of what it attends to, side by side."""
        rounded = self._rounded(value, heads)
        products = [self._product(rounded, layer) for layer in heads.layers]
        parts = [self._node("Reshape", [product, "texts"], f"{product}.texts") for product in products]
        bias = self._constant(f"{heads.name}.bias", np.concatenate([_bias(layer, value) for layer in heads.layers]))
        made = f"{heads.name}.attended"
        self._node("MultiHeadAttention", [*parts, bias], made, _FUSED, num_heads=self._recipe.heads)
        return _plain(self._node("Reshape", [made, "rows"], f"{made}.rows"), len(value.shift))

    def _curved(self, value: Value, raising: Reader) -> Value:
        """Through the first of the two linear layers and the activation function."""
        layer = raising.layers[0]
        product = self._product(self._rounded(value, raising), layer)
        bias = self._constant(f"{layer.name}.bias", _bias(layer, value))
        curved = self._node("FastGelu", [product, bias], f"{layer.name}.curved", _FUSED)
        return _plain(curved, len(layer.bias))

    def _end(self, value: Value, before: Value, name: str, reader: Reader | None) -> Value:
        """The last linear layer of a part, added to what the part read, and normalised."""
        dense = self._linear(f"{name}.dense")
        product = self._product(self._rounded_by_token(value, dense.name), dense)
        kept = self._node("Mul", [before.name, self._constant(f"{name}.kept", before.stretch)], f"{name}.before")
        added = self._node("Add", [product, kept], f"{name}.added")
        bias = self._constant(f"{dense.name}.bias", _bias(dense, value) + before.shift)
        return self._normalised(self._node("Add", [added, bias], f"{name}.sum"), f"{name}.LayerNorm", reader)

    def _normalised(self, value: str, name: str, reader: Reader | None) -> Value:
        """Normalised, with its channels stretched for what reads it."""
        scale, shift = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        stretch = np.ones_like(scale) if reader is None else reader.stretch(self._recipe.sizes[reader.name])
        inputs = [value, self._constant(f"{name}.scale", scale / stretch)]
        made = self._node("LayerNormalization", inputs, f"{name}.normalised", epsilon=self._recipe.epsilon)
        return Value(made, stretch, shift)

    def _rounded(self, value: Value, reader: Reader) -> Rounded:
        """What a normalisation made, in one step known beforehand; what is larger than ever seen is cut off."""
        limit = np.float32((self._recipe.largest[reader.name] / value.stretch).max())
        step = self._constant(f"{reader.name}.step", limit / np.float32(LEVELS))
        return Rounded(
            self._node("QuantizeLinear", [value.name, step, "middle"], f"{reader.name}.rounded"), step, value
        )

    def _rounded_by_token(self, value: Value, name: str) -> Rounded:
        sizes = self._node("Abs", [value.name], f"{name}.sizes")
        largest = self._node("ReduceMax", [sizes, "channels"], f"{name}.largest", keepdims=1)
        parts = self._node("Mul", [largest, "part"], f"{name}.parts")
        steps = self._node("Reshape", [parts, "channels"], f"{name}.steps")
        rounded = self._node("QuantizeLinear", [value.name, steps, "middles"], f"{name}.rounded", axis=0)
        return Rounded(rounded, "part", value, largest)

    def _product(self, rounded: Rounded, layer: Linear) -> str:
        """What a layer makes of a value, without the bias."""
        whole, scales = quantise_rows(layer.weight * rounded.value.stretch)
        matrix = self._constant(f"{layer.name}.matrix", whole.T)
        columns = self._constant(f"{layer.name}.columns", scales)
        inputs = [rounded.name, matrix, rounded.step, columns, "middle"]
        product = self._node("MatMulIntegerToFloat", inputs, f"{layer.name}.product", _FUSED)
        if rounded.largest is None:
            return product
        return self._node("Mul", [product, rounded.largest], f"{layer.name}.full")

    def _reader(self, name: str, parts: tuple[str, ...]) -> Reader:
        return Reader(name, tuple(self._linear(f"{name}.{part}") for part in parts))

    def _linear(self, name: str) -> Linear:
        return Linear(name, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _node(self, operator: str, inputs: list[str], output: str, domain: str = "", **how: Any) -> str:
        """Add an operator; returns the name of what it makes."""
        self._nodes.append(self._helper.make_node(operator, inputs, [output], domain=domain, **how))
        return output

    def _constant(self, name: str, value: Any) -> str:
        self._constants.append(self._numpy.from_array(np.ascontiguousarray(value), name))
        return name


def _plain(name: str, width: int) -> Value:
    """A value of the graph that stands for itself."""
    return Value(name, np.ones(width, np.float32), np.zeros(width, np.float32))


def _bias(layer: Linear, value: Value) -> Array:
    """The bias of a layer that is given a value without its shift."""
    shifted: Array = layer.bias + np.einsum("oi,i->o", layer.weight, value.shift)
    return shifted


def _rms(weights: Array) -> Array:
    """The size of each column."""
    sizes: Array = np.sqrt(np.einsum("oi,oi->i", weights, weights) / len(weights))
    return sizes


def _sound(sizes: Array) -> Array:
    """Sizes as divisors: none of them nothing."""
    return np.maximum(sizes, _LEAST).astype(np.float32)
