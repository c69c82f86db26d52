"""Make the weightless ONNX graph of the default sentence model.

The graph says what is computed; every weight is named as external data and fed at run time
straight from the published ``model.safetensors`` (see `sciknow.search.onnx`). Layers follow BERT
(Devlin et al. 2019) as sentence-transformers' all-MiniLM-L6-v2 configures it: six layers of width
384, mean pooling, unit length. Attention and GELU are ONNX Runtime's fused operators, so
that a session needs no optimisation when it starts; residual and normalisation are two operators,
because the fused one is not vectorised and takes twice as long. Texts of a batch have the same
number of tokens: with no padding there is no mask, and attention takes the faster way.

Run it with the ``build`` extra installed::

    python scripts/make_model_graph.py src/sciknow/search/minilm.onnx
"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

LAYERS, WIDTH, INNER, HEADS = 6, 384, 1536, 12
POSITIONS = 512
EPSILON = 1e-12
FUSED = "com.microsoft"


class Graph:
    """Nodes and named weights of the graph in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}
        self.constants: list[onnx.TensorProto] = []

    def weight(self, name: str, *shape: int) -> str:
        """Declare a weight that is fed at run time, under its name in the safetensors file."""
        tensor = onnx.TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="model.safetensors")
        self.weights[name] = tensor
        return name

    def constant(self, name: str, values: list[int]) -> str:
        """Keep a small constant inside the graph."""
        self.constants.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    def add(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **more: object
    ) -> str:
        """Append one operator and return the name of its output."""
        self.nodes.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **more)
        )
        return output

    def dense(self, source: str, name: str, rows: int, columns: int, output: str) -> str:
        """Multiply by a weight kept as (out, in) and add the bias."""
        weights = [
            self.weight(f"{name}.weight", rows, columns),
            self.weight(f"{name}.bias", rows),
        ]
        return self.add("Gemm", [source, *weights], output, transB=1)

    def normalise(self, first: str, second: str, norm: str, output: str) -> str:
        """Add a residual, then normalise the layer."""
        total = self.add("Add", [first, second], f"{output}.sum")
        inputs = [total, *self.norm_weights(norm)]
        return self.add("LayerNormalization", inputs, output, axis=-1, epsilon=EPSILON)

    def norm_weights(self, norm: str) -> list[str]:
        """Declare scale and shift of a layer normalisation."""
        return [self.weight(f"{norm}.{part}", WIDTH) for part in ("weight", "bias")]


def embeddings(graph: Graph) -> str:
    """Add position and type vectors to the words' own, and normalise: (batch, length, width).

    The words' vectors are an input: the caller picks their rows from the mapped file, so that
    half of the model's bytes are never read.
    """
    name = "embeddings"
    types = graph.weight(f"{name}.token_type_embeddings.weight", 2, WIDTH)
    places = graph.weight(f"{name}.position_embeddings.weight", POSITIONS, WIDTH)
    graph.constant("zero", [0])
    graph.constant("one", [1])
    graph.constant("two", [2])
    first_type = graph.add("Slice", [types, "zero", "one", "zero"], "type_vector")
    graph.add("Shape", ["word_vectors"], "shape")
    graph.add("Slice", ["shape", "one", "two", "zero"], "length")
    own_places = graph.add("Slice", [places, "zero", "length", "zero"], "place_vectors")
    fixed = graph.add("Add", [own_places, first_type], "fixed_vectors")
    total = graph.add("Add", ["word_vectors", fixed], "summed_vectors")
    return graph.add(
        "LayerNormalization",
        [total, *graph.norm_weights(f"{name}.LayerNorm")],
        "layer_0",
        axis=-1,
        epsilon=EPSILON,
    )


def attention(graph: Graph, source: str, layer: str) -> str:
    """Self-attention with twelve heads over all tokens."""
    flat = graph.add("Reshape", [source, "flat_shape"], f"{layer}.flat")
    parts = []
    for part in ("query", "key", "value"):
        name = f"{layer}.attention.self.{part}"
        dense = graph.dense(flat, name, WIDTH, WIDTH, f"{name}.out")
        parts.append(graph.add("Reshape", [dense, "full_shape"], f"{name}.rows"))
    mixed = graph.add("MultiHeadAttention", parts, f"{layer}.mixed", FUSED, num_heads=HEADS)
    return graph.add("Reshape", [mixed, "flat_shape"], f"{layer}.mixed.flat")


def encoder_layer(graph: Graph, source: str, number: int) -> str:
    """One transformer layer: attention, residual, feed-forward, residual."""
    layer = f"encoder.layer.{number}"
    mixed = attention(graph, source, layer)
    out = f"{layer}.attention.output"
    graph.dense(mixed, f"{out}.dense", WIDTH, WIDTH, f"{out}.projected")
    rows = graph.add("Reshape", [f"{out}.projected", "full_shape"], f"{out}.rows")
    first = graph.normalise(rows, source, f"{out}.LayerNorm", f"{layer}.attended")
    flat = graph.add("Reshape", [first, "flat_shape"], f"{layer}.attended.flat")
    inner = graph.dense(flat, f"{layer}.intermediate.dense", INNER, WIDTH, f"{layer}.inner")
    active = graph.add("Gelu", [inner], f"{layer}.active", FUSED)
    graph.dense(active, f"{layer}.output.dense", WIDTH, INNER, f"{layer}.outer")
    rows = graph.add("Reshape", [f"{layer}.outer", "full_shape"], f"{layer}.outer.rows")
    return graph.normalise(rows, first, f"{layer}.output.LayerNorm", f"layer_{number + 1}")


def pooled(graph: Graph, source: str) -> str:
    """Mean over the tokens, scaled to unit length: (batch, width)."""
    mean = graph.add("ReduceMean", [source], "token_mean", axes=[1], keepdims=0)
    return graph.add("LpNormalization", [mean], "embedding", axis=-1, p=2)


def build() -> onnx.ModelProto:
    """Put the graph together and check it."""
    graph = Graph()
    graph.constant("flat_shape", [-1, WIDTH])
    state = embeddings(graph)
    graph.add("Shape", [state], "full_shape")
    for number in range(LAYERS):
        state = encoder_layer(graph, state, number)
    graph.add("Identity", [state], "tokens")
    pooled(graph, state)
    inputs = [
        helper.make_tensor_value_info(
            "word_vectors", TensorProto.FLOAT, ["batch", "length", WIDTH]
        ),
    ]
    outputs = [
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH]),
        helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", WIDTH]),
    ]
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "minilm",
            inputs,
            outputs,
            [*graph.constants, *graph.weights.values()],
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)],
        ir_version=8,
        producer_name="sciknow",
    )


def main() -> None:
    """Write the graph to the path given on the command line."""
    target = Path(sys.argv[1])
    target.write_bytes(build().SerializeToString(deterministic=True))
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
