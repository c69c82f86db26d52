"""Make the two weightless ONNX graphs of the default sentence model: the exact, and the brisk.

A graph says what is computed; every weight is named as external data and fed at run time from the
published ``model.safetensors`` (see `sciknow.search.embed.weights`, which says too how the brisk
graph differs). Layers follow BERT (Devlin et al. 2019) as sentence-transformers' all-MiniLM-L6-v2
configures it: six layers of width 384, mean pooling, unit length. Attention and GELU are ONNX
Runtime's fused operators, so that a session needs no optimisation when it starts; residual and
normalisation are two operators, because the fused one is not vectorised and takes twice as long.
Texts of a batch have the same number of tokens: with no padding there is no mask, and attention
takes the faster way. All but attention sees the tokens of a batch in one table.

Run it with the ``build`` extra installed::

    python scripts/make_model_graph.py src/sciknow/search
"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from sciknow.search.embed.weights import LAYERS, OUTLIERS

WIDTH, INNER, HEADS = 384, 1536, 12
POSITIONS = 512
EPSILON = 1e-12
FUSED = "com.microsoft"


class Graph:
    """Nodes and named weights of the graph in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}
        self.constants: list[onnx.TensorProto] = []

    def weight(self, name: str, *shape: int, kind: int = TensorProto.FLOAT) -> str:
        """Declare a weight that is fed at run time, under the name it is fed by."""
        tensor = onnx.TensorProto(name=name, data_type=kind, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="model.safetensors")
        self.weights[name] = tensor
        return name

    def constant(self, name: str, values: list[int], kind: int = TensorProto.INT64) -> str:
        """Keep a small constant inside the graph."""
        self.constants.append(helper.make_tensor(name, kind, [len(values)], values))
        return name

    def add(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **more: object
    ) -> str:
        """Append one operator and return the name of its output."""
        self.nodes.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **more)
        )
        return output

    def split(self, source: str, outputs: list[str]) -> list[str]:
        """Part the columns of a table evenly."""
        self.nodes.append(
            helper.make_node("Split", [source], outputs, name=source + ".parts", axis=1)
        )
        return outputs

    def dense(self, source: str, name: str, rows: int, columns: int, output: str) -> str:
        """Multiply by a weight kept as (out, in) and add the bias."""
        weights = [
            self.weight(f"{name}.weight", rows, columns),
            self.weight(f"{name}.bias", rows),
        ]
        return self.add("Gemm", [source, *weights], output, transB=1)

    def dense_in_bytes(self, source: str, name: str, rows: int, columns: int, output: str) -> str:
        """Multiply in bytes, each number of the source rounded to one of 256, and add the bias."""
        weights = [
            self.weight(f"{name}.weight.bytes", columns, rows, kind=TensorProto.UINT8),
            self.weight(f"{name}.weight.scale", rows),
            self.weight(f"{name}.weight.middle", rows, kind=TensorProto.UINT8),
            self.weight(f"{name}.bias", rows),
        ]
        return self.add("DynamicQuantizeMatMul", [source, *weights], output, FUSED)

    def dense_but_outliers(
        self, source: str, name: str, rows: int, columns: int, output: str
    ) -> str:
        """Multiply in bytes, but for the channels that are too large for it."""
        usual = self.add("Mul", [source, "usual"], f"{output}.usual")
        large = self.add("Gather", [source, "outliers"], f"{output}.large", axis=1)
        part = self.dense_in_bytes(usual, name, rows, columns, f"{output}.part")
        weight = self.weight(f"{name}.weight.outliers", len(OUTLIERS), rows)
        return self.add("Gemm", [large, weight, part], output)

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


def attention(graph: Graph, flat: str, layer: str, brisk: bool) -> str:
    """Self-attention with twelve heads over all tokens."""
    name = f"{layer}.attention.self"
    parts = [f"{name}.{part}.out" for part in ("query", "key", "value")]
    if brisk:
        graph.split(graph.dense_in_bytes(flat, name, 2 * WIDTH, WIDTH, f"{name}.out"), parts[:2])
        graph.dense(flat, f"{name}.value", WIDTH, WIDTH, parts[2])
    else:
        graph.split(graph.dense(flat, name, 3 * WIDTH, WIDTH, f"{name}.out"), parts)
    rows = [graph.add("Reshape", [part, "full_shape"], f"{part}.rows") for part in parts]
    mixed = graph.add("MultiHeadAttention", rows, f"{layer}.mixed", FUSED, num_heads=HEADS)
    return graph.add("Reshape", [mixed, "flat_shape"], f"{layer}.mixed.flat")


def encoder_layer(graph: Graph, flat: str, number: int, brisk: bool) -> str:
    """One transformer layer: attention, residual, feed-forward, residual."""
    layer = f"encoder.layer.{number}"
    mixed = attention(graph, flat, layer, brisk)
    out = f"{layer}.attention.output"
    after = graph.dense_in_bytes if brisk else graph.dense
    after(mixed, f"{out}.dense", WIDTH, WIDTH, f"{out}.projected")
    first = graph.normalise(f"{out}.projected", flat, f"{out}.LayerNorm", f"{layer}.attended")
    widen = graph.dense_but_outliers if brisk else graph.dense
    inner = widen(first, f"{layer}.intermediate.dense", INNER, WIDTH, f"{layer}.inner")
    active = graph.add("Gelu", [inner], f"{layer}.active", FUSED)
    graph.dense(active, f"{layer}.output.dense", WIDTH, INNER, f"{layer}.outer")
    return graph.normalise(f"{layer}.outer", first, f"{layer}.output.LayerNorm", f"{layer}.end")


def pooled(graph: Graph, source: str) -> str:
    """Mean over the tokens, scaled to unit length: (batch, width)."""
    mean = graph.add("ReduceMean", [source], "token_mean", axes=[1], keepdims=0)
    return graph.add("LpNormalization", [mean], "embedding", axis=-1, p=2)


def build(brisk: bool) -> onnx.ModelProto:
    """Put a graph together."""
    graph = Graph()
    graph.constant("flat_shape", [-1, WIDTH])
    if brisk:
        usual = [0 if channel in OUTLIERS else 1 for channel in range(WIDTH)]
        graph.constant("usual", usual, TensorProto.FLOAT)
        graph.constant("outliers", list(OUTLIERS))
    state = embeddings(graph)
    graph.add("Shape", [state], "full_shape")
    flat = graph.add("Reshape", [state, "flat_shape"], f"{state}.flat")
    for number in range(LAYERS):
        flat = encoder_layer(graph, flat, number, brisk)
    pooled(graph, graph.add("Reshape", [flat, "full_shape"], "tokens"))
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
    """Write the graphs to the folder given on the command line."""
    for name, brisk in (("minilm.onnx", False), ("minilm-brisk.onnx", True)):
        target = Path(sys.argv[1]) / name
        target.write_bytes(build(brisk).SerializeToString(deterministic=True))
        print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
