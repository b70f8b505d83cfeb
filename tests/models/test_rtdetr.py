"""RT-DETR: exact matching, both forms of deformable attention, crops with their truth, losses that fall."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from models.conversion.errors import GateError
from models.conversion.gates import compare
from models.conversion.kept_detections import kept_detections
from models.conversion.quiet_tensorflow import tensorflow
from models.data import augmentation as augment
from models.data.instance_masks import Instances, instances
from models.data.photos import OUTSIDE, SIDE, join, load_photos
from models.networks import build
from models.networks.attention import DeformableAttention
from models.networks.nail_rtdetr import FREE, SLOTS
from models.spec import NAIL_RTDETR
from models.training.detections import full_frames, pairs, regions
from models.training.matching import assign
from models.training.relabel import AGREE, relabel
from models.training.rtdetr import Crop, loss
from models.training.set_loss import denoising, overlap, set_loss, slots_of

SHAPES = [(8, 12), (4, 6), (2, 3)]


@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (4, 4), (4, 6)])
def test_the_assignment_is_the_cheapest_of_all(rows: int, columns: int) -> None:
    torch.manual_seed(0)
    # Whole numbers too: ties are the hard case.
    cost = torch.cat([torch.rand(20, rows, columns), torch.randint(0, 3, (20, rows, columns)).float()])
    found = assign(cost)
    assert all(len(set(row)) == rows for row in found.tolist())
    total = cost.gather(2, found[..., None]).sum((1, 2))
    every = torch.tensor(list(permutations(range(columns), rows)))
    best = cost[:, torch.arange(rows), every].sum(2).amin(1)
    assert torch.allclose(total, best, atol=1e-5)


def test_the_gather_form_of_deformable_attention_is_the_grid_form() -> None:
    torch.manual_seed(0)
    attention = DeformableAttention(64)
    torch.nn.init.normal_(attention.offsets.weight, std=0.5)  # far beyond the borders too
    torch.nn.init.normal_(attention.weights.weight)
    memory = torch.randn(2, sum(h * w for h, w in SHAPES), 64)
    queries, boxes = torch.randn(2, 7, 64), torch.rand(2, 7, 4)
    with torch.no_grad():
        grid = attention(queries, boxes, memory, SHAPES)
        attention.exportable = True
        assert torch.allclose(attention(queries, boxes, memory, SHAPES), grid, atol=1e-5)


def test_a_size_that_is_no_multiple_of_32_gives_cropped_outputs_in_its_own_coordinates() -> None:
    torch.manual_seed(0)
    network = build("nail_rtdetr").eval()
    image = torch.randn(1, 3, 80, 112)
    padded = torch.nn.functional.pad(image, (0, 16, 0, 16))
    with torch.no_grad():
        boxes, scores, masks, *_, tips = network(image)
        full_boxes, full_scores, full_masks, *_, full_tips = network(padded)
    assert masks.shape == (1, FREE, 40, 56)
    assert torch.allclose(scores, full_scores)
    assert torch.allclose(masks, full_masks[:, :, :40, :56])
    scale = torch.tensor([128 / 112, 96 / 80])
    assert torch.allclose(boxes, full_boxes * scale.repeat(2))
    assert torch.allclose(tips, full_tips * scale)


def test_rtdetr_is_under_ten_million_parameters() -> None:
    assert sum(p.numel() for p in build("nail_rtdetr").parameters()) < 8e6  # 16 MB as float16


@pytest.fixture(scope="module")
def truth(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Instances:
    """Nails of one sample, seen whole at 256."""
    photos = sample(repo_root, tmp_path_factory.mktemp("sample"))
    index, affine, size = full_frames(photos, 256)
    return instances(photos, index, affine, size, 10)


def sample(repo_root: Path, folder: Path):  # type: ignore[no-untyped-def]
    photo = sorted((repo_root / "sdk_src/app/samples").glob("*.jpg"))[0]
    mask = repo_root / "tests/data/samples/masks" / f"{photo.stem}.png"
    for kind, file in (("images", photo), ("masks", mask)):
        (folder / kind).mkdir()
        (folder / kind / file.name).write_bytes(file.read_bytes())
    (folder / "meta.json").write_text("[]")
    return load_photos([folder], folder / "meta.json")


def test_boxes_and_masks_of_a_crop_are_those_of_the_photo(repo_root: Path, tmp_path: Path) -> None:
    photos = sample(repo_root, tmp_path)
    photos = join(photos, photos)
    seen = instances(photos, *full_frames(photos, SIDE), most=10)
    count = int(photos.present[0].sum())
    assert seen.present.sum(1).tolist() == [count, count]
    for nail in range(count):
        label = photos.label[0][nail]
        ys, xs = (photos.pixels[0, ..., 3] == label).nonzero(as_tuple=True)
        ours = int((seen.boxes[0, :, 0] * SIDE - (xs.min() + xs.max() + 1) / 2).abs().argmin())
        x0, x1 = (seen.boxes[0, ours, 0] + torch.tensor([-0.5, 0.5]) * seen.boxes[0, ours, 2]) * SIDE
        assert [round(float(x0)), round(float(x1))] == [int(xs.min()), int(xs.max()) + 1]
        assert float(seen.masks[0, ours].sum()) * 4 == pytest.approx(len(ys), rel=0.01)


def test_a_region_holds_every_nail(repo_root: Path, tmp_path: Path) -> None:
    photos = sample(repo_root, tmp_path)
    index, affine, size = regions(photos, 256)
    inside = augment.apply(augment.invert(affine), photos.center[index])[photos.present[index]]
    assert ((inside > 0) & (inside < size)).all()
    assert instances(photos, index, affine, size, 10).present.sum() == photos.present.sum()


def test_relabelled_nails_keep_to_their_labels_and_the_picture_stays(repo_root: Path, tmp_path: Path) -> None:
    photos = sample(repo_root, tmp_path)
    before = photos.pixels.clone()
    count = relabel(photos, repo_root / "models/checkpoints/nail_patch.safetensors")
    assert 0 < count <= int(photos.present.sum())
    assert (photos.pixels[..., :3] == before[..., :3]).all()
    assert ((photos.pixels[..., 3] == OUTSIDE) == (before[..., 3] == OUTSIDE)).all()
    assert (photos.pixels[..., 3] != before[..., 3]).any()
    for label in photos.label[photos.present]:
        was, now = before[..., 3] == label, photos.pixels[..., 3] == label
        assert (was & now).sum() >= AGREE * (was | now).sum()


def test_a_network_can_be_trained_without_denoising(truth: Instances) -> None:
    network = build("nail_rtdetr").train()
    prediction = network.predict(torch.zeros(1, 3, 256, 256), denoising(truth))  # type: ignore[operator]
    scores = prediction.layers[-1].scores
    taught, left = (
        torch.autograd.grad(set_loss(prediction, truth, denoised), scores, retain_graph=True)[0][:, SLOTS + FREE :]
        for denoised in (True, False)
    )
    assert taught.any()
    assert not left.any()


def test_noise_is_seen_by_its_own_group_alone(truth: Instances) -> None:
    noise = denoising(truth)
    real, nails = SLOTS + FREE, truth.present.shape[1]
    assert noise.boxes.shape == (1, 4 * nails, 4)
    assert noise.blocked[:real, real:].all()
    assert not noise.blocked[:, :real].any()
    first, second = slice(real, real + 2 * nails), slice(real + 2 * nails, None)
    assert noise.blocked[first, second].all()
    assert not noise.blocked[first, first].any()
    # A mended box lies nearer to its nail than a refused one.
    iou, _ = overlap(torch.sigmoid(noise.boxes[0, : 2 * nails]), truth.boxes[0].repeat(2, 1))
    mended, refused = iou.view(2, nails)[:, truth.present[0]]
    assert mended.mean() > refused.mean()


def test_a_slot_learns_nothing_where_a_finger_may_be_there_or_twice(truth: Instances) -> None:
    known = vars(truth) | {"complete": torch.tensor([True])}
    finger = torch.full_like(truth.finger, -1)
    nails = int(truth.present.sum())
    finger[0, :nails] = torch.arange(nails) % 4
    _, present, learned = slots_of(Instances(**known | {"finger": finger}))
    assert present[0].tolist() == [k + 4 >= nails for k in range(4)] + [False]
    assert learned[0].tolist() == [k + 4 >= nails for k in range(4)] + [True]
    finger[0, 0] = -1  # a nail of an unknown finger: it may be the little one's
    assert not slots_of(Instances(**known | {"finger": finger}))[2][0, 4]


def test_the_loss_falls_on_one_picture(repo_root: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    photos = sample(repo_root, tmp_path)
    index, affine, size = regions(photos, 128)
    images = augment.normalise(augment.view(photos, index, affine, size).image).expand(2, -1, -1, -1)
    one = instances(photos, index, affine, size, 10)
    both = Instances(**{name: torch.cat([value, value]) for name, value in vars(one).items()})
    network = build("nail_rtdetr").train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-4)
    values = []
    for _ in range(12):
        optimizer.zero_grad()
        loss = set_loss(network.predict(images, denoising(both)), both)  # type: ignore[operator]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        values.append(loss.item())
    assert min(values[-3:]) < 0.8 * values[0]
    assert all(p.grad is not None for p in network.parameters()), "a parameter that nothing trains"


class _Forbidden(TorchFunctionMode):
    """What a CUDA graph cannot capture: tensors of the host, and looking at a tensor's values."""

    HOST = (torch.tensor, torch.Tensor.item, torch.Tensor.tolist, torch.nonzero, torch.Tensor.nonzero, torch.from_numpy)
    MAKERS = ("arange", "linspace", "zeros", "ones", "full", "empty", "rand", "randn", "randint")

    def __torch_function__(self, function, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        name = getattr(function, "__name__", "")
        if function in self.HOST or name in ("__bool__", "__float__", "__int__"):
            raise AssertionError(f"{name} cannot be in a CUDA graph")
        if name in self.MAKERS and (kwargs or {}).get("device") is None:
            raise AssertionError(f"{name} makes a tensor on the host")
        return function(*args, **(kwargs or {}))


def test_a_training_step_runs_in_bfloat16_and_fits_into_a_cuda_graph(repo_root: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    photos = sample(repo_root, tmp_path)
    network = build("nail_rtdetr").train()
    chance = torch.ones(1)
    with _Forbidden():
        value = loss(network, photos, chance, Crop(128, 8, 1.0, (1.0, 1.5), region=0.5), autocast=True)
    assert value.dtype == torch.float32
    value.backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_each_nail_is_matched_once() -> None:
    iou = torch.tensor([[0.9, 0.2], [0.8, 0.3], [0.1, 0.6]])
    assert pairs(iou).tolist() == pytest.approx([0.9, 0.0, 0.6])


def test_the_export_holds_no_operator_that_onnx_tf_or_tfjs_lacks(tmp_path: Path) -> None:
    tensorflow()  # before anything imports onnx
    from models.conversion.export_onnx import OnnxRunner, export
    from models.conversion.onnx_tf_handlers import REFUSED
    from models.networks import ExportWrapper

    export(NAIL_RTDETR, ExportWrapper(build("nail_rtdetr")).eval(), tmp_path / "rtdetr.onnx")
    ops = OnnxRunner(tmp_path / "rtdetr.onnx").ops()
    assert not {*REFUSED, "Shape", "If", "Loop", "GatherElements", "ScatterND"} & set(ops)
    # Two of them turn the masks' product around, which is 13 ms faster on WASM than it was without.
    assert ops["Transpose"] <= 26
    assert sum(ops.values()) <= 600


def test_the_gate_matches_queries_before_it_compares_them() -> None:
    boxes, scores = np.random.default_rng(0).random((1, 4, 4)), np.array([[[2.0, 0], [-1, 0], [1, 0], [3, 0]]])
    one = {"boxes": boxes, "scores": scores, "nail_scores": scores[:, :2, :1]}
    turned = [2, 0, 3, 1]
    other = {"boxes": boxes[:, turned], "scores": scores[:, turned], "nail_scores": one["nail_scores"]}
    image = np.zeros((1, 8, 8, 3))
    differences = compare(*kept_detections("TF.js", lambda _: one, lambda _: other), [image])
    assert [d.value for d in differences] == [0, 0, 0]
    fewer = {**other, "scores": np.minimum(other["scores"], 1.5) - 1.2}
    with pytest.raises(GateError, match=r"keeps -1 detections beside the reference's 3"):
        compare(*kept_detections("TF.js", lambda _: one, lambda _: fewer), [image])
