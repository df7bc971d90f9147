def test_it(model_path, trained_run, audio_cnn, esc50_tree, class_tree, feature_file, cross_validation):
    print([p.name for p in trained_run.iterdir()], model_path.stat().st_size)
    print((trained_run / "log.jsonl").read_text())
    for d in (esc50_tree, class_tree, feature_file):
        r = audio_cnn("evaluate", "--data", d, "--model", model_path, "--fold", 5, "--format", "json")
        print(r)
    print((cross_validation / "cross_validation.json").read_text()[:400])
