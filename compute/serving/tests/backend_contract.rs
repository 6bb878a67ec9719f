//! The contract of backends, run by every implementation.

mod common;

use std::fs;

use common::{batch, digits, model_path, onnxruntime, pictures, predictions, test_model};
use neurite_serving::{
    backend::{Backend, BackendError, OnnxRuntime, TensorSink, TractBackend},
    DataView, Device, DeviceChoice, Dtype, Runtime, Tensor, TensorView,
};

/// Keeps outputs, up to a number of them.
struct Outputs {
    tensors: Vec<Tensor>,
    limit: usize,
}

impl TensorSink for Outputs {
    fn put(&mut self, tensor: TensorView<'_>) -> Result<(), BackendError> {
        if self.tensors.len() == self.limit {
            return Err(BackendError::OutputTooLarge { bytes: 1, limit: 0 });
        }
        self.tensors.push(tensor.to_tensor());
        Ok(())
    }
}

fn run(backend: &mut dyn Backend, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>, BackendError> {
    let mut outputs = Outputs { tensors: Vec::new(), limit: usize::MAX };
    backend.infer(inputs, &mut outputs).map(|()| outputs.tensors)
}

fn backend_contract(load: impl Fn(&[u8]) -> Result<Box<dyn Backend>, BackendError>) {
    let model = fs::read(model_path("digits.onnx")).unwrap();
    let mut backend = load(&model).unwrap();
    describes_the_model(backend.as_ref());
    runs_the_model(backend.as_mut());
    refuses_what_does_not_fit_and_goes_on(backend.as_mut());
    passes_on_what_the_sink_refuses(backend.as_mut());
    takes_and_gives_integers_and_bytes(&load);
    for bad in [&model[..model.len() / 2], b"not a model".as_slice(), &[0; 64]] {
        match load(bad) {
            Err(BackendError::Model(reason)) => assert!(!reason.is_empty()),
            Err(other) => panic!("{other}"),
            Ok(loaded) => panic!("{} bytes were loaded: {:?}", bad.len(), loaded.description()),
        }
    }
}

fn describes_the_model(backend: &dyn Backend) {
    let description = backend.description();
    assert_eq!((description.inputs.len(), description.outputs.len()), (1, 1));
    assert_eq!((description.inputs[0].name.as_str(), description.inputs[0].dtype), ("features", Dtype::F32));
    assert_eq!(description.inputs[0].shape, [None, Some(64)]);
    assert_eq!((description.outputs[0].name.as_str(), description.outputs[0].dtype), ("scores", Dtype::F32));
    assert_eq!(description.outputs[0].shape, [None, Some(10)]);
}

fn runs_the_model(backend: &mut dyn Backend) {
    let rows = digits();
    for count in [1, 5] {
        let input = batch(&rows[..count]);
        let outputs = run(backend, &[input.view()]).unwrap();
        assert_eq!(outputs, run(backend, &[input.view()]).unwrap(), "the same again");
        assert_eq!(outputs[0].shape, [count, 10]);
        let DataView::F32(scores) = outputs[0].view().data else { panic!("scores are floats") };
        assert_eq!(predictions(scores), rows[..count].iter().map(|(_, label)| *label).collect::<Vec<_>>());
    }
}

fn takes_and_gives_integers_and_bytes(load: impl Fn(&[u8]) -> Result<Box<dyn Backend>, BackendError>) {
    let mut inverted = load(&fs::read(test_model("bytes.onnx")).unwrap()).unwrap();
    assert_eq!(inverted.description().inputs[0].dtype, Dtype::U8);
    let image = Tensor::u8(vec![2, 2, 3], (0..12).collect());
    let expected = Tensor::u8(vec![2, 2, 3], (0..12).map(|byte| 255 - byte).collect());
    assert_eq!(run(inverted.as_mut(), &[image.view()]), Ok(vec![expected]));
    let mut table = load(&fs::read(test_model("table.onnx")).unwrap()).unwrap();
    let rows = |index: i64| run(table.as_mut(), &[Tensor::i64(vec![1], vec![index]).view()]);
    let [good, bad, good_again] = [2, 9, 3].map(rows);
    assert_eq!(good, Ok(vec![Tensor::f32(vec![1, 2], vec![20.0, 21.0])]));
    assert!(matches!(bad, Err(BackendError::Inference(reason)) if !reason.is_empty()));
    assert_eq!(good_again, Ok(vec![Tensor::f32(vec![1, 2], vec![30.0, 31.0])]));
}

fn refuses_what_does_not_fit_and_goes_on(backend: &mut dyn Backend) {
    let good = batch(&digits()[..1]);
    let narrow = Tensor::f32(vec![1, 63], vec![0.0; 63]);
    let integers = Tensor::i64(vec![1, 64], vec![0; 64]);
    let lying = TensorView { shape: &[2, 64], data: DataView::F32(&[0.0; 64]) };
    for inputs in [vec![], vec![good.view(), good.view()], vec![narrow.view()], vec![integers.view()], vec![lying]] {
        assert!(matches!(run(backend, &inputs), Err(BackendError::Inference(reason)) if !reason.is_empty()));
        assert!(run(backend, &[good.view()]).is_ok(), "runs again after an error");
    }
}

fn passes_on_what_the_sink_refuses(backend: &mut dyn Backend) {
    let good = batch(&digits()[..1]);
    let mut closed = Outputs { tensors: Vec::new(), limit: 0 };
    let refused = backend.infer(&[good.view()], &mut closed);
    assert_eq!(refused, Err(BackendError::OutputTooLarge { bytes: 1, limit: 0 }));
    assert!(run(backend, &[good.view()]).is_ok(), "runs again after an error");
}

#[test]
fn onnx_runtime_keeps_the_contract() {
    let runtime = OnnxRuntime::open(&onnxruntime()).unwrap();
    backend_contract(|model| Ok(Box::new(runtime.load(model, 1, DeviceChoice::Cpu)?)));
    a_card_that_is_not_there_is_no_error(&runtime);
}

/// Without CUDA only the way back to the processor can be tested; with it, that the card is used.
fn a_card_that_is_not_there_is_no_error(runtime: &OnnxRuntime) {
    let model = fs::read(model_path("digits.onnx")).unwrap();
    let execution = |device| runtime.load(&model, 1, device).unwrap().description().execution.clone();
    let (wanted, left_open) = (execution(DeviceChoice::Cuda), execution(DeviceChoice::Auto));
    assert_eq!((wanted.runtime, wanted.device), (Runtime::OnnxRuntime, left_open.device));
    assert_eq!(wanted.note.is_some(), wanted.device == Device::Cpu);
    assert!(wanted.note.is_none_or(|note| note.contains("CUDA")));
    assert_eq!(execution(DeviceChoice::Cpu).note, None);
}

#[test]
fn tract_keeps_the_contract() {
    backend_contract(|model| Ok(Box::new(TractBackend::load(model, None)?)));
}

/// The same answers but for the last digits: each library sums in its own order.
#[test]
fn tract_answers_as_onnx_runtime_does() {
    let runtime = OnnxRuntime::open(&onnxruntime()).unwrap();
    for (name, input) in [("digits.onnx", batch(&digits()[..20])), ("conv.onnx", pictures(2))] {
        let model = fs::read(model_path(name)).unwrap();
        let mut backends: [Box<dyn Backend>; 2] =
            [Box::new(runtime.load(&model, 1, DeviceChoice::Cpu).unwrap()), Box::new(TractBackend::load(&model, None).unwrap())];
        let [expected, found] = backends.each_mut().map(|backend| run(backend.as_mut(), &[input.view()]).unwrap().remove(0));
        let (DataView::F32(expected), DataView::F32(found)) = (expected.view().data, found.view().data) else { panic!("floats") };
        let far = expected.iter().zip(found).find(|(expected, found)| (**expected - **found).abs() > 1e-4);
        assert_eq!((expected.len(), far), (found.len(), None), "{name}");
    }
}

#[test]
fn a_missing_library_is_an_error_and_not_a_panic() {
    let missing = OnnxRuntime::open(&model_path("no-such-library.so"));
    assert!(matches!(missing, Err(BackendError::Library(_))));
}
