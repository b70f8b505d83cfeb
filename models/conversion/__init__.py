"""From checkpoint to shards: ONNX, SavedModel, NHWC, TF.js graph model, manifest (DESIGN §3).

Each step is a module with a command line and ends in a numeric gate. Importing this package imports no framework.
"""
